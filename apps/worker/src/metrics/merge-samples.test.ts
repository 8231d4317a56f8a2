import type { Sample } from '@mmcloud/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeSamples } from './merge-samples.ts'
import { testSample, testSeconds } from './test-sample.ts'

const TEN_SECONDS = 10_000

test('ten seconds become one mean, at the end of them', () => {
  const seconds = testSeconds(20).map((sample, index) => ({ ...sample, memBytes: index * 100 }))
  const merged = mergeSamples(seconds, TEN_SECONDS)
  expect(merged).toMatchObject([
    { at: 10_000, spanMs: 10_000, cpuPercent: 4.5, memBytes: 450 },
    { at: 20_000, spanMs: 10_000, cpuPercent: 14.5, memBytes: 1450 },
  ])
})

test('longer spans weigh more', () => {
  const samples = [
    testSample({ at: 1000, spanMs: 1000, cpuPercent: 100 }),
    testSample({ at: 4000, spanMs: 3000, cpuPercent: 20 }),
  ]
  expect(mergeSamples(samples, TEN_SECONDS)).toMatchObject([{ spanMs: 4000, cpuPercent: 40 }])
})

test.each([
  ['a hole', { at: 7000 }],
  ['a clock that was set back', { at: 500 }],
  ['another instance', { at: 2000, capacityCpu: 4 }],
])('%s is not averaged away', (_what, second) => {
  const samples = [testSample({ at: 1000 }), testSample(second)]
  expect(mergeSamples(samples, TEN_SECONDS)).toEqual(samples)
})

test('waiting for memory is averaged over those that know of it', () => {
  const [first, second, third] = testSeconds(3)
  const samples = [{ ...first!, memStallPercent: 10 }, { ...second!, memStallPercent: 20 }, third!]
  expect(mergeSamples(samples, TEN_SECONDS)).toMatchObject([{ spanMs: 3000, memStallPercent: 15 }])
})

const pieces = fc.array(
  fc.record({
    spanMs: fc.integer({ min: 100, max: 5000 }),
    hole: fc.constantFrom(0, 0, 0, 0, 20, 3000),
    cpuPercent: fc.integer({ min: 0, max: 800 }),
    netInRate: fc.integer({ min: 0, max: 2 ** 30 }),
  }),
  { maxLength: 100 },
)
const following = (
  all: readonly { spanMs: number; hole: number; cpuPercent: number; netInRate: number }[],
) => {
  let at = 0
  return all.map(({ hole, ...part }): Sample => {
    at += hole + part.spanMs
    return testSample({ ...part, at })
  })
}

test('the time and what was used in it stay the same, no mean is longer than asked for unless it is of one', () => {
  const sum = (samples: readonly Sample[], value: (sample: Sample) => number): number =>
    samples.reduce((total, sample) => total + value(sample), 0)
  fc.assert(
    fc.property(pieces, (all) => {
      const samples = following(all)
      const merged = mergeSamples(samples, TEN_SECONDS)
      expect(sum(merged, ({ spanMs }) => spanMs)).toBe(sum(samples, ({ spanMs }) => spanMs))
      const received = (each: readonly Sample[]): number =>
        sum(each, ({ netInRate, spanMs }) => netInRate * (spanMs / 1000))
      const rounded = sum(merged, ({ spanMs }) => spanMs) / 1000
      expect(Math.abs(received(merged) - received(samples))).toBeLessThanOrEqual(rounded + 1)
      const ends = samples.map(({ at }) => at)
      expect(merged.map(({ at }) => at)).toEqual(ends.filter((at) => merged.some((each) => each.at === at)))
      for (const { spanMs } of merged) expect(spanMs).toBeLessThanOrEqual(TEN_SECONDS)
    }),
  )
})
