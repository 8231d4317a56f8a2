import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderYaml, renderYamlList } from './yaml.ts'

test('what is written is what a YAML reader reads', () => {
  const key = fc
    .stringMatching(/^[a-z][A-Za-z]{0,8}$/)
    .filter((text) => !/^(y|n|yes|no|on|off|null|true|false)$/.test(text))
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
  const flat = fc.dictionary(key, scalar)
  const value = fc.dictionary(key, fc.oneof(scalar, flat, fc.array(scalar), fc.array(flat)))
  fc.assert(
    fc.property(value, (item) => {
      const plain: unknown = JSON.parse(JSON.stringify(item))
      expect(parse(renderYaml(item)) ?? {}).toEqual(plain)
    }),
  )
})

test.each([
  ['2026-11-23T05:30:00Z', '"2026-11-23T05:30:00Z"'],
  ['0', '"0"'],
  ['-.5', '"-.5"'],
  ['.NaN', '".NaN"'],
  ['', '""'],
  ['0x1f', '"0x1f"'],
  ['0o17', '"0o17"'],
  ['0xidt8vlwbs2fejbr2ous', '0xidt8vlwbs2fejbr2ous'],
  ['0oidt8vlwbs2fejbr2ous', '0oidt8vlwbs2fejbr2ous'],
  ['1h5m49s', '1h5m49s'],
  ['0.0000 USD', '0.0000 USD'],
  ['35.86.197.248 (2Core4GB/Spot)', '35.86.197.248 (2Core4GB/Spot)'],
  ['true', '"true"'],
  ['a: b', '"a: b"'],
])('%j stands as %s', (text, written) => expect(renderYaml({ key: text })).toBe(`key: ${written}\n`))

test('a list of objects begins each with a dash', () => {
  expect(renderYamlList([{ a: 1, b: { c: 2 } }, { a: 3 }])).toBe('- a: 1\n  b:\n      c: 2\n- a: 3\n')
})
