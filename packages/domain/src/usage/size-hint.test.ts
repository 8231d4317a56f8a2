import fc from 'fast-check'
import { expect, test } from 'vitest'
import { USABLE_MEMORY } from '../planner/reason-against.ts'
import type { UsagePoint } from './sample.ts'
import { sizeHint } from './size-hint.ts'

const GIB = 2 ** 30
const point = (cores: number, gib: number, spanMs = 10_000): UsagePoint => ({
  at: 0,
  spanMs,
  cpuPercent: cores * 100,
  cpuPercentMax: cores * 100,
  memBytes: gib * GIB,
  memBytesMax: gib * GIB,
  cacheBytes: 0,
  swapBytes: 0,
  swapInRate: 0,
  swapOutRate: 0,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 1,
  capacityCpu: 8,
  capacityMemBytes: 64 * GIB,
  capacitySwapBytes: 0,
})

test('a job that is small most of the time and large for a while', () => {
  const points = [
    ...Array.from({ length: 60 }, () => point(0.4, 0.3)),
    ...Array.from({ length: 20 }, () => point(1.9, 2.5)),
  ]
  expect(sizeHint(points)).toMatchObject({
    flags: '--cpu 1:2 --mem 1:4',
    reason:
      'it used 0.4 cores half of the time and up to 1.9 for 95 % of it, 0.30 GiB of memory half of the time and 2.5 GiB at most; of a size 72 % are counted on',
  })
})

test('a job that is always the same asks for one size', () => {
  expect(sizeHint([point(3.9, 10, 60_000)])?.flags).toBe('--cpu 4 --mem 16')
})

test('too short a run says nothing', () => {
  expect(sizeHint([])).toBeUndefined()
  expect(sizeHint([point(1, 1, 9_000)])).toBeUndefined()
})

test('all that a job held fits what is hinted, and the minimum is not above the maximum', () => {
  const points = fc.array(
    fc
      .tuple(fc.double({ min: 0, max: 64, noNaN: true }), fc.double({ min: 0, max: 500, noNaN: true }))
      .map(([cores, gib]) => point(cores, gib, 30_000)),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(points, (given) => {
      const { cpu, memGB } = sizeHint(given)!
      expect(cpu.min).toBeLessThanOrEqual(cpu.max)
      expect(memGB.min).toBeLessThanOrEqual(memGB.max)
      for (const { memBytes } of given) expect(memBytes).toBeLessThanOrEqual(memGB.max * GIB * USABLE_MEMORY)
    }),
  )
})
