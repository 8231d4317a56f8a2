import { DEFAULT_MIGRATE_POLICY, type DimensionPolicy, type MigratePolicy } from '@mmcloud/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLimits, formatMigratePolicy, parseMigratePolicy } from './migrate-policy.ts'

const USUAL = DEFAULT_MIGRATE_POLICY
const on = (dimension: DimensionPolicy): DimensionPolicy => ({ ...dimension, disable: false })

test.each<[string, MigratePolicy]>([
  ['[]', USUAL],
  ['[disable=true]', USUAL],
  ['disable=true', USUAL],
  ['[enable=true]', { ...USUAL, cpu: on(USUAL.cpu), mem: on(USUAL.mem) }],
  ['[ENABLE=true,mem.disable=true]', { ...USUAL, cpu: on(USUAL.cpu) }],
  ['[disable=true,evadeOOM=false]', { ...USUAL, evadeOOM: false }],
  ['[cpu.disable=false,cpu.limit=16,cpu.lowerLimit=0]', { ...USUAL, cpu: { ...on(USUAL.cpu), limit: 16 } }],
  [
    '[mem.disable=false,mem.upperBoundRatio=80,mem.upperBoundDuration=2m,mem.lowerBoundRatio=12.5,mem.step=100,stepAuto=true]',
    {
      ...USUAL,
      stepAuto: true,
      mem: {
        ...on(USUAL.mem),
        upperBoundRatio: 80,
        upperBoundSeconds: 120,
        lowerBoundRatio: 12.5,
        step: 100,
      },
    },
  ],
])('%s', (text, policy) => expect(parseMigratePolicy(text)).toEqual(policy))

test.each([
  ['[cpu.upperBoundRatio=101]', 'cpu.upperBoundRatio: "101" is not a percentage'],
  ['[mem.lowerBoundRatio=-1]', 'mem.lowerBoundRatio: "-1" is not a percentage'],
  ['[mem.lowerBoundRatio=90]', 'mem.lowerBoundRatio: 90 is not below mem.upperBoundRatio 90'],
  ['[cpu.upperBoundRatio=5]', 'cpu.lowerBoundRatio: 5 is not below cpu.upperBoundRatio 5'],
  ['[cpu.upperBoundDuration=-30s]', 'cpu.upperBoundDuration: "-30s" is not a duration'],
  ['[cpu.lowerBoundDuration=0s]', 'cpu.lowerBoundDuration: must be from 1s to 1h'],
  ['[mem.lowerBoundDuration=2h]', 'mem.lowerBoundDuration: must be from 1s to 1h'],
  ['[mem.step=0]', 'mem.step: "0"'],
  ['[mem.limit=lots]', 'mem.limit: "lots" is not a number of GB'],
  ['[mem.limit=1,mem.lowerLimit=2]', 'mem.lowerLimit: 2 is above mem.limit 1'],
  ['[gpu.limit=1]', 'unknown key "gpu.limit"'],
  ['[evadeOOM=maybe]', 'evadeOOM: "maybe" is neither true nor false'],
  ['[enable=true,disable=true]', 'exclude each other'],
  ['[mem.step=50,MEM.step=100]', '"mem.step" stands in it twice'],
  ['[mem.step=10001]', 'up to 10000'],
  ['[enable=true', 'brackets'],
])('%s is refused with its key', (text, sentence) => expect(() => parseMigratePolicy(text)).toThrow(sentence))

describe('limits and the bounds of the job', () => {
  const bounds = { cpu: { min: 2 }, memGB: { min: 4, max: 8 } }
  test.each([
    ['[cpu.limit=1]', "cpu.limit: 1 is below the job's minimum of 2"],
    ['[mem.limit=2]', "mem.limit: 2 is below the job's minimum of 4"],
    ['[mem.lowerLimit=16]', "mem.lowerLimit: 16 is above the job's maximum of 8"],
  ])('%s', (text, sentence) => expect(() => checkLimits(parseMigratePolicy(text), bounds)).toThrow(sentence))
  test('what leaves room is taken', () =>
    checkLimits(parseMigratePolicy('[cpu.limit=2,mem.limit=16]'), bounds))
})

test('a change keeps what it does not name', () => {
  const before = parseMigratePolicy('[mem.disable=false,mem.step=10,evadeOOM=false]')
  expect(parseMigratePolicy('[mem.upperBoundRatio=70]', before)).toEqual({
    ...before,
    mem: { ...before.mem, upperBoundRatio: 70 },
  })
})

test('what is printed reads back', () => {
  const hundredth = (min: number, max: number): fc.Arbitrary<number> =>
    fc.integer({ min: min * 100, max: max * 100 }).map((n) => n / 100)
  const dimension: fc.Arbitrary<DimensionPolicy> = fc.record(
    {
      disable: fc.boolean(),
      upperBoundRatio: hundredth(51, 100),
      upperBoundSeconds: fc.integer({ min: 1, max: 3600 }),
      lowerBoundRatio: hundredth(0, 50),
      lowerBoundSeconds: fc.integer({ min: 1, max: 3600 }),
      step: hundredth(1, 1000),
      limit: fc.integer({ min: 64, max: 1000 }),
      lowerLimit: fc.integer({ min: 1, max: 64 }),
    },
    {
      requiredKeys: [
        'disable',
        'upperBoundRatio',
        'upperBoundSeconds',
        'lowerBoundRatio',
        'lowerBoundSeconds',
        'step',
      ],
    },
  )
  const policy = fc.record({ evadeOOM: fc.boolean(), stepAuto: fc.boolean(), cpu: dimension, mem: dimension })
  fc.assert(
    fc.property(policy, (given) => {
      expect(parseMigratePolicy(formatMigratePolicy(given))).toEqual(given)
    }),
  )
})

test('a limit of 0 lifts it', () => {
  const limited = parseMigratePolicy('[mem.limit=16,mem.lowerLimit=2]')
  expect(limited.mem).toMatchObject({ limit: 16, lowerLimit: 2 })
  const lifted = parseMigratePolicy('[mem.limit=0,mem.lowerLimit=0]', limited)
  expect(lifted.mem).not.toHaveProperty('limit')
  expect(lifted.mem).not.toHaveProperty('lowerLimit')
})

test('an unknown key is named as it was written', () => {
  expect(() => parseMigratePolicy('[mem.upperBoundRation=80]')).toThrow('unknown key "mem.upperBoundRation"')
})
