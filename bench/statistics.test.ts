import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestGaps, median } from './statistics.ts'

test('the median is the middle one', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

test('the longest gaps are found in the order they happened, and noise between the ticks is passed over', () => {
  expect(longestGaps('1.000\n1.010\noops\n3.010\n3.020\n7\n', 2).map(Math.round)).toEqual([2, 4])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 50 }), (gaps) => {
      let now = 1000
      const lines = gaps.map((gap) => (now += gap))
      expect(longestGaps([1000, ...lines].join('\n'), gaps.length)).toEqual(gaps)
    }),
  )
})
