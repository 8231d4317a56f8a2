import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from '@mmcloud/domain'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SamplesFile } from './samples-file.ts'
import { stepFor } from './tiers.ts'

const DAY = 86_400_000
const T0 = Date.parse('2026-11-23T00:00:00Z')

let directory: string
let file: SamplesFile
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmcloud-samples-'))
  file = new SamplesFile(join(directory, 'samples.db'))
})
afterEach(() => {
  file.close()
  rmSync(directory, { recursive: true })
})

const sample = (at: number, cpuPercent: number, changes: Partial<Sample> = {}): Sample => ({
  at,
  spanMs: 1000,
  cpuPercent,
  memBytes: 1000,
  cacheBytes: 1,
  swapBytes: 2,
  swapInRate: 3,
  swapOutRate: 4,
  diskReadRate: 5,
  diskWriteRate: 6,
  netInRate: 7,
  netOutRate: 8,
  processes: 9,
  capacityCpu: 2,
  capacityMemBytes: 2000,
  capacitySwapBytes: 3000,
  ...changes,
})
const seconds = (count: number, cpu: (n: number) => number = (n) => n): Sample[] =>
  Array.from({ length: count }, (_, n) => sample(T0 + (n + 1) * 1000, cpu(n)))
const all = { from: 0, to: Number.MAX_SAFE_INTEGER }
const rollUpAll = (now: number): number => [...file.rollUp(now)].length

describe('what was measured', () => {
  test('is there as it was, and the same again changes nothing', () => {
    const samples = [sample(T0 + 1000, 12.34), sample(T0 + 2000, 50, { memStallPercent: 1.5 })]
    file.add([{ job: 'a', samples }])
    file.add([
      { job: 'a', samples },
      { job: 'b', samples: samples.slice(0, 1) },
    ])
    expect(file.raw('a', 0)).toEqual([sample(T0 + 1000, 12.3), samples[1]])
    expect(file.raw('a', T0 + 1000)).toHaveLength(1)
    expect(file.raw('b', 0)).toHaveLength(1)
  })

  test('is all or nothing, and what failed leaves no job behind whose samples another could get', () => {
    const bad = { job: 'bad', samples: [sample(Number.NaN, 1)] }
    expect(() => file.add([{ job: 'a', samples: seconds(1) }, bad])).toThrow()
    expect(file.jobs()).toEqual([])
    file.add([{ job: 'b', samples: seconds(2) }])
    file.add([{ job: 'a', samples: seconds(3) }])
    expect(file.raw('b', 0)).toHaveLength(2)
    expect(file.raw('a', 0)).toHaveLength(3)
  })

  test('of a job that is not known is nothing, and asking makes it no better known', () => {
    expect(file.raw('x', 0)).toEqual([])
    expect(file.usage('x', { ...all, stepMs: 1000 })).toMatchObject({ at: [], series: { cpuPercent: [] } })
    file.forget('x')
    expect(file.jobs()).toEqual([])
  })

  test('may be much: a day of terabytes is no overflow', () => {
    const huge = { memBytes: 2 ** 50, spanMs: 86_400_000 }
    file.add([{ job: 'a', samples: [sample(T0 + DAY, 1, huge), sample(T0 + DAY + 1, 1, huge)] }])
    expect(file.usage('a', { ...all, stepMs: 7 * DAY }).series['memBytes']).toEqual([2 ** 50])
    rollUpAll(T0 + 9 * DAY)
    expect(file.usage('a', { ...all, stepMs: 7 * DAY }).series['memBytes']).toEqual([2 ** 50])
  })

  test('survives being opened again', () => {
    file.add([{ job: 'a', samples: seconds(3) }])
    file.close()
    file = new SamplesFile(join(directory, 'samples.db'))
    expect(file.raw('a', 0)).toHaveLength(3)
  })

  test('is answered by steps: means over time, peaks, and nothing where nothing was measured', () => {
    file.add([{ job: 'a', samples: [...seconds(20), sample(T0 + 45_000, 80, { spanMs: 500 })] }])
    const { at, series } = file.usage('a', { ...all, stepMs: 10_000 })
    expect(at).toEqual([T0, T0 + 10_000, T0 + 40_000])
    expect(series['cpuPercent']).toEqual([4.5, 14.5, 80])
    expect(series['cpuPercentMax']).toEqual([9, 19, 80])
    expect(series['memStallPercent']).toEqual([null, null, null])
  })

  test('is summed up by steps as if it were done by hand', () => {
    const any = fc.uniqueArray(
      fc.record({ second: fc.nat(500), spanMs: fc.integer({ min: 1, max: 1500 }), cpu: fc.nat(8000) }),
      { selector: ({ second }) => second, minLength: 1 },
    )
    let job = 0
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 200 }), (measured, seconds) => {
        const name = `any-${(job += 1)}`
        const samples = measured.map(({ second, spanMs, cpu }) =>
          sample(T0 + second * 1000, cpu / 10, { spanMs }),
        )
        file.add([{ job: name, samples }])
        const stepMs = seconds * 1000
        const groups = Map.groupBy(samples, ({ at }) => Math.floor((at - 1) / stepMs) * stepMs)
        const steps = [...groups].toSorted(([a], [b]) => a - b)
        const { at, series } = file.usage(name, { ...all, stepMs })
        expect(at).toEqual(steps.map(([step]) => step))
        for (const [index, [, of]] of steps.entries()) {
          const spans = of.reduce((sum, { spanMs }) => sum + spanMs, 0)
          const mean = of.reduce((sum, { spanMs, cpuPercent }) => sum + cpuPercent * spanMs, 0) / spans
          expect(Math.abs(series['cpuPercent']![index]! - mean)).toBeLessThanOrEqual(0.0501)
          expect(series['cpuPercentMax']![index]).toBe(Math.max(...of.map(({ cpuPercent }) => cpuPercent)))
        }
      }),
      { numRuns: 50 },
    )
  })

  test('of a range is answered from its beginning to its end', () => {
    file.add([{ job: 'a', samples: seconds(10) }])
    const { at } = file.usage('a', { from: T0 + 2000, to: T0 + 5000, stepMs: 1000 })
    expect(at).toEqual([T0 + 2000, T0 + 3000, T0 + 4000])
  })

  test('can be forgotten, and the rest stays', () => {
    file.add([
      { job: 'a', samples: seconds(2) },
      { job: 'b', samples: seconds(2) },
    ])
    file.forget('a')
    expect(file.jobs()).toEqual(['b'])
    expect(file.raw('a', 0)).toEqual([])
    expect(file.raw('b', 0)).toHaveLength(2)
  })
})

describe('what grows old', () => {
  test('is kept as tens after a day and as minutes after a week, with its means and peaks', () => {
    file.add([{ job: 'a', samples: seconds(120) }])
    rollUpAll(T0 + DAY + 3_600_000)
    expect(file.raw('a', 0)).toEqual([])
    expect(file.usage('a', { ...all, stepMs: 1000 }).at).toHaveLength(12)
    expect(file.usage('a', { ...all, stepMs: 60_000 }).series['cpuPercent']).toEqual([29.5, 89.5])
    rollUpAll(T0 + 8 * DAY)
    const { at, series } = file.usage('a', { ...all, stepMs: 1000 })
    expect(at).toEqual([T0 + 59_000, T0 + 119_000])
    expect(series['cpuPercent']).toEqual([29.5, 89.5])
    expect(series['cpuPercentMax']).toEqual([59, 119])
  })

  test('goes in portions of an hour of one job, and waits until there is enough of it', () => {
    file.add([
      { job: 'a', samples: [sample(T0 + 1000, 1), sample(T0 + 7_200_000, 1)] },
      { job: 'b', samples: seconds(2) },
    ])
    expect(rollUpAll(T0 + DAY + 599_000)).toBe(0)
    expect(rollUpAll(T0 + DAY + 3 * 3_600_000)).toBe(3)
  })

  test('is one point with what is younger, where a step has both', () => {
    file.add([{ job: 'a', samples: seconds(60, () => 10) }])
    rollUpAll(T0 + DAY + 3_600_000)
    file.add([{ job: 'a', samples: [sample(T0 + 90_000, 70)] }])
    const { at, series } = file.usage('a', { ...all, stepMs: 3_600_000 })
    expect(at).toEqual([T0])
    expect(series['cpuPercent']).toEqual([11])
    expect(series['cpuPercentMax']).toEqual([70])
  })

  test('of today stays as it is', () => {
    file.add([{ job: 'a', samples: seconds(120) }])
    expect(rollUpAll(T0 + 3_600_000)).toBe(0)
    expect(file.raw('a', 0)).toHaveLength(120)
  })

  test('joins what is rolled up already when it comes late', () => {
    file.add([{ job: 'a', samples: seconds(10, () => 10).filter(({ at }) => at <= T0 + 5000) }])
    rollUpAll(T0 + 2 * DAY)
    file.add([{ job: 'a', samples: seconds(10, () => 20).filter(({ at }) => at > T0 + 5000) }])
    rollUpAll(T0 + 2 * DAY)
    const { at, series } = file.usage('a', { ...all, stepMs: 10_000 })
    expect(at).toEqual([T0])
    expect(series['cpuPercent']).toEqual([15])
    expect(series['cpuPercentMax']).toEqual([20])
  })

  test('keeps its mean and its peak, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(800), { minLength: 1, maxLength: 200 }), (cpu) => {
        const job = `job-${fc.sample(fc.uuid(), 1)[0]}`
        file.add([{ job, samples: seconds(cpu.length, (n) => cpu[n]!) }])
        const of = (): (number | null)[] => {
          const { series } = file.usage(job, { ...all, stepMs: DAY })
          return [series['cpuPercent']![0]!, series['cpuPercentMax']![0]!]
        }
        const [mean, peak] = of()
        rollUpAll(T0 + 30 * DAY)
        // Each mean is kept to a tenth.
        expect(Math.abs(of()[0]! - mean!)).toBeLessThanOrEqual(0.11)
        expect(of()[1]).toBe(peak)
      }),
      { numRuns: 30 },
    )
  })
})

test.each([
  ['an hour ago', 3_600_000, 5000],
  ['ten minutes ago', 600_000, 1000],
  ['a day ago', DAY, 60_000],
  ['two days ago', 2 * DAY, 120_000],
  ['a month ago', 30 * DAY, 1_800_000],
])('points since %s are not too many, and not finer than what is kept', (_when, age, step) => {
  expect(stepFor(T0 - age, T0, T0)).toBe(step)
})
