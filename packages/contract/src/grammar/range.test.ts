import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatRange, parseRange } from './range.ts'

test.each([
  ['2', { min: 2 }],
  ['2:4', { min: 2, max: 4 }],
  [2, { min: 2 }],
  ['0.5', { min: 0.5 }],
  ['', undefined],
  [0, undefined],
])('%j', (value, range) => expect(parseRange(value, '--cpu')).toEqual(range))

test.each(['4:2', ':4', '2:', 'two', '-1', '0:4', Number.NaN])('%j is refused, naming the flag', (value) => {
  expect(() => parseRange(value, '--cpu')).toThrow('Invalid argument, --cpu')
})

test('what is printed reads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999 }), fc.option(fc.nat(999), { nil: undefined }), (min, more) => {
      const range = more === undefined ? { min } : { min, max: min + more }
      expect(parseRange(formatRange(range), '--mem')).toEqual(range)
    }),
  )
})
