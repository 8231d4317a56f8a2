import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestGap, median, percentile } from './statistics.ts'

test('the median is the middle one', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

test('the longest gap is found, and words between the ticks are passed over', () => {
  expect(longestGap('1\n2\noops\n4\n5\n')).toEqual({ lastBefore: 2, firstAfter: 4, seconds: 2 })
})

test('a gap that ended earlier belongs to an earlier round', () => {
  expect(longestGap('1\n9\n10\n12\n13\n', 9.5)).toEqual({ lastBefore: 10, firstAfter: 12, seconds: 2 })
})

test('a program that never spoke again has no gap', () => {
  expect(() => longestGap('1\n2\n', 3)).toThrow('No two ticks')
})

test('no gap of any output is longer than the longest', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 50 }), (gaps) => {
      let now = 1000
      const lines = gaps.map((gap) => (now += gap))
      expect(longestGap([1000, ...lines].join('\n')).seconds).toBe(Math.max(...gaps))
    }),
  )
})

test('the value below which so many lie', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n)
  expect([0, 50, 95, 100].map((percent) => percentile(values, percent))).toEqual([1, 50, 95, 100])
  expect(percentile([7], 95)).toBe(7)
})
