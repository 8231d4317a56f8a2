import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Sample } from './sample.ts'
import { swapGrowth } from './swap-growth.ts'

const MIB = 1024 ** 2

const second = (number: number, part: Partial<Sample>): Sample => ({
  at: number * 1000,
  spanMs: 1000,
  cpuPercent: 100,
  memBytes: 0,
  cacheBytes: 0,
  swapBytes: 0,
  swapInRate: 0,
  swapOutRate: 0,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 1,
  capacityCpu: 1,
  capacityMemBytes: 1024 * MIB,
  capacitySwapBytes: 1024 * MIB,
  ...part,
})
const seconds = (parts: readonly Partial<Sample>[]): Sample[] =>
  parts.map((part, index) => second(index + 1, part))

test('nothing is known of a job without samples', () => {
  expect(swapGrowth([])).toBe(0)
})

test('a single sample says it by what was written out', () => {
  expect(swapGrowth(seconds([{ swapBytes: 200 * MIB, swapOutRate: 200 * MIB }]))).toBe(200 * MIB)
})

test('a job that grows by 100 MiB a second', () => {
  const growing = [0, 100, 200, 300, 400].map((mib) => ({ swapBytes: mib * MIB, swapOutRate: 100 * MIB }))
  expect(swapGrowth(seconds(growing))).toBe(100 * MIB)
})

test('only the last seconds count', () => {
  const swap = [0, 500, 1000, 1500, 1500, 1500, 1500]
  const samples = swap.map((mib, index) => ({
    swapBytes: mib * MIB,
    swapOutRate: Math.max(0, mib - (swap[index - 1] ?? 0)) * MIB,
  }))
  expect(swapGrowth(seconds(samples))).toBe(0)
  expect(swapGrowth(seconds(samples), 6)).toBe((1500 * MIB) / 6)
})

test('pages that go out and come back are no growth', () => {
  const exchanging = { swapBytes: 100 * MIB, swapInRate: 80 * MIB, swapOutRate: 80 * MIB }
  expect(swapGrowth(seconds([exchanging, exchanging, exchanging]))).toBe(0)
})

test('where traffic is not counted, what is in swap says it', () => {
  expect(swapGrowth(seconds([{ swapBytes: 10 * MIB }, { swapBytes: 60 * MIB }]))).toBe(50 * MIB)
})

describe('a hole', () => {
  test('ends what is looked at: before it the job was elsewhere', () => {
    const before = second(1, { swapBytes: 0, swapOutRate: 500 * MIB })
    const after = second(20, { swapBytes: 400 * MIB })
    expect(swapGrowth([before, after])).toBe(0)
  })
})

const rate = fc.integer({ min: 0, max: 2 ** 31 })
const anySamples = fc
  .array(fc.record({ swapBytes: rate, swapInRate: rate, swapOutRate: rate }), { maxLength: 20 })
  .map(seconds)

test('growth is never below nothing nor beyond what the fastest second shows', () => {
  fc.assert(
    fc.property(anySamples, fc.integer({ min: 1, max: 10 }), (samples, window) => {
      const growth = swapGrowth(samples, window)
      const fastest = samples.map(({ swapBytes, swapOutRate }, index) =>
        Math.max(swapOutRate, swapBytes - (samples[index - 1]?.swapBytes ?? swapBytes)),
      )
      expect(growth).toBeGreaterThanOrEqual(0)
      expect(growth).toBeLessThanOrEqual(Math.max(0, ...fastest) + 1)
    }),
  )
})

test('a steady growth is told as it is, however long it lasts and whatever window is looked at', () => {
  fc.assert(
    fc.property(
      rate,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 10 }),
      (bytes, count, window) => {
        const steady = Array.from({ length: count }, (_, index) => ({
          swapBytes: bytes * index,
          swapOutRate: bytes,
        }))
        expect(swapGrowth(seconds(steady), window)).toBeCloseTo(bytes, 0)
      },
    ),
  )
})
