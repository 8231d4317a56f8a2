import fc from 'fast-check'
import { expect, test } from 'vitest'
import { saveBy } from './save-by.ts'

const GIB = 1024 ** 3

test('a small program works on for most of a long notice', () => {
  expect(saveBy(0, 120_000, 0.1 * GIB)).toBeGreaterThan(100_000)
})

test('a large program is saved at once', () => {
  expect(saveBy(0, 120_000, 8 * GIB)).toBe(0)
})

test('a short notice leaves no time to wait', () => {
  expect(saveBy(5_000, 13_000, 0)).toBe(5_000)
})

test('never in the past, never too late for two tries, never later for more memory', () => {
  const size = fc.double({ min: 0, max: 1e13, noNaN: true })
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(600_000), size, size, (now, notice, a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a]
      const at = saveBy(now, now + notice, less)
      expect(at).toBeGreaterThanOrEqual(now)
      expect(at === now || at <= now + notice - 10_000).toBe(true)
      expect(saveBy(now, now + notice, more)).toBeLessThanOrEqual(at)
    }),
  )
})
