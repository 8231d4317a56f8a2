import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bar, sparkline } from './gauges.ts'

test('a bar is as wide as asked, whatever is measured', () => {
  const share = fc.double({ min: -1, max: 3, noNaN: true })
  fc.assert(
    fc.property(share, fc.integer({ min: 1, max: 80 }), (value, width) => {
      expect(Array.from(bar(value, width, [0.05, 0.9, 1]))).toHaveLength(width)
    }),
  )
})

test('a bar shows the share and the bounds', () => {
  expect(bar(0.5, 10, [])).toBe('█████░░░░░')
  expect(bar(0.55, 10, [0.9])).toBe('█████▌░░░│')
  expect(bar(0, 4, [])).toBe('░░░░')
  expect(bar(1, 4, [1])).toBe('███│')
})

test('a sparkline has its newest point at the right, and a blank where nothing was measured', () => {
  const points = [0, 1, 2, 5, 6, 7].map((second) => ({ at: second * 1000, value: second }))
  expect(sparkline(points, 8000, 8000, 8, 8)).toBe('▁▂▃  ▆▇█')
  expect(sparkline(points, 8000, 4000, 2, 8)).toBe('▆█')
  expect(sparkline([], 8000, 8000, 3, 8)).toBe('   ')
})
