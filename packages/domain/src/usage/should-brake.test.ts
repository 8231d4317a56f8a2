import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEAST_SPAN_MS, shouldBrake } from './should-brake.ts'

const MIB = 2 ** 20
const reading = (clockMs: number, usedMiB: number, roomMiB: number) => ({
  clockMs,
  usedBytes: usedMiB * MIB,
  limitBytes: 900 * MIB,
  roomBytes: roomMiB * MIB,
})

test.each<[string, number, number, number, boolean]>([
  ['memory full, no swap used yet', 880, 900, 10, false],
  ['swaps, with much room left, growing slowly', 1000, 1010, 3000, false],
  ['swaps, growing by 500 MB/s, 700 MB left', 2000, 2050, 700, true],
  ['swaps, growing by 500 MB/s, 2 GB left', 1000, 1050, 2000, false],
  ['swaps, not growing, nearly nothing left', 4000, 4000, 30, true],
  ['swaps, shrinking', 4000, 3000, 1000, false],
])('%s', (_name, before, now, room, brakes) => {
  expect(shouldBrake('late', reading(0, before, 0), reading(100, now, room))).toBe(brakes)
})

test('where a larger instance is to be had it is frozen while it is easily saved; where it may not grow, never', () => {
  const [before, now] = [reading(0, 1290, 3000), reading(100, 1300, 3000)]
  expect(shouldBrake('early', before, now)).toBe(true)
  expect(shouldBrake('late', before, now)).toBe(false)
  expect(shouldBrake('early', reading(0, 1000, 3000), reading(100, 1100, 3000))).toBe(false)
  expect(shouldBrake('never', reading(0, 4000, 0), reading(100, 4100, 0))).toBe(false)
})

test('a step between two looks that follow at once is no speed', () => {
  const [before, now] = [reading(0, 1000, 2000), reading(1, 1002, 2000)]
  expect(shouldBrake('early', before, now)).toBe(false)
})

test('at the speed it grows there is room until it stands still', () => {
  const rate = fc.double({ min: 0, max: 2000, noNaN: true })
  fc.assert(
    fc.property(rate, fc.integer({ min: LEAST_SPAN_MS, max: 400 }), (mibPerSecond, lookMs) => {
      let used = 1000
      let before = reading(0, used, 4000)
      for (let ms = lookMs; used < 5000; ms += lookMs) {
        if (mibPerSecond < 1) break
        used += (mibPerSecond * lookMs) / 1000
        const now = reading(ms, used, 5000 - used)
        if (shouldBrake('late', before, now)) {
          // A second from here on it is frozen; what it takes until then still fits.
          expect(5000 - used).toBeGreaterThanOrEqual(0)
          expect(5000 - used).toBeGreaterThan(
            Math.min(mibPerSecond, (mibPerSecond * (1500 - lookMs)) / 1000) - 1,
          )
          return
        }
        before = now
      }
      expect(used).toBeLessThan(5000)
    }),
  )
})
