import { DEFAULT_MIGRATE_POLICY, DEFAULT_VM_POLICY, type JobSpec } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { readModification } from './modification.ts'

const SPEC: JobSpec = {
  name: 'a',
  image: { name: 'python', source: 'library:python', digest: 'sha256:0' },
  env: {},
  cpu: { min: 1 },
  memGB: { min: 2, max: 8 },
  instanceType: 't3.small',
  vmPolicy: DEFAULT_VM_POLICY,
  migratePolicy: { ...DEFAULT_MIGRATE_POLICY, stepAuto: true },
  publish: [],
  dataDisks: [],
  customTags: { a: '1' },
  rerunAllowed: true,
  inputArgs: '',
}

test('what is named changes, the rest stays, and the flags say so', () => {
  const { change, bounds, told } = readModification({
    migratePolicy: '[mem.disable=false]',
    customTags: { b: '2' },
    cpu: '',
  })
  expect(bounds).toBe(false)
  expect(told).toBe('migratePolicy [mem.disable=false], tag b')
  const changed = change(SPEC)
  expect(changed).toMatchObject({
    instanceType: 't3.small',
    migratePolicy: { stepAuto: true, mem: { disable: false }, cpu: { disable: true } },
    customTags: { a: '1', b: '2' },
  })
  expect(changed.inputArgs).toContain('mem.disable=false')
})

test('a size alone frees the type', () => {
  const { change, bounds } = readModification({ mem: '4:16' })
  expect(bounds).toBe(true)
  expect(change(SPEC)).toMatchObject({ memGB: { min: 4, max: 16 }, cpu: { min: 1 } })
  expect(change(SPEC).instanceType).toBeUndefined()
})

test.each([
  [{}, 'nothing to change'],
  [{ mem: 'lots' }, '--mem'],
  [{ vmPolicy: '[cheap=true]' }, 'unknown key "cheap"'],
  [{ customTags: { 'a:b': '1' } }, '--customTag'],
])('%j is refused', (body, sentence) => expect(() => readModification(body)).toThrow(sentence))

test('limits that leave no room for the job as it is then are refused', () => {
  expect(() => readModification({ migratePolicy: '[mem.limit=1]' }).change(SPEC)).toThrow(
    'mem.limit: 1 is below',
  )
  expect(() => readModification({ mem: '4', migratePolicy: '[mem.limit=2]' }).change(SPEC)).toThrow(
    'mem.limit',
  )
})
