import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONGEST_SPAN_MS, SHORTEST_SPAN_MS, sampleBetween } from './sample-between.ts'
import type { Reading, Usage } from './usage.ts'

const MIB = 1024 ** 2
const capacity = { capacityCpu: 2, capacityMemBytes: 1024 * MIB, capacitySwapBytes: 512 * MIB }
const nothing: Usage = {
  cpuUs: 0,
  memBytes: 0,
  cacheBytes: 0,
  swapBytes: 0,
  diskReadBytes: 0,
  diskWriteBytes: 0,
  netInBytes: 0,
  netOutBytes: 0,
  processes: 0,
}
const reading = (clockMs: number, usage: Partial<Usage>, at = 1_700_000_000_000 + clockMs): Reading => ({
  usage: { ...nothing, ...usage },
  at,
  clockMs,
})

test('counters become rates over the span, amounts are those of its end', () => {
  const before = reading(5000, { cpuUs: 7_000_000, memBytes: MIB, netInBytes: 900, memStallUs: 5_000_000 })
  const after = reading(7000, {
    cpuUs: 10_000_000,
    memBytes: 300 * MIB,
    cacheBytes: 20 * MIB,
    diskReadBytes: 4096,
    diskWriteBytes: 8192,
    netInBytes: 1900,
    netOutBytes: 10,
    memStallUs: 5_500_000,
    processes: 3,
  })
  expect(sampleBetween(before, after, capacity)).toEqual({
    at: after.at,
    spanMs: 2000,
    cpuPercent: 150,
    memBytes: 300 * MIB,
    cacheBytes: 20 * MIB,
    swapBytes: 0,
    swapInRate: 0,
    swapOutRate: 0,
    memStallPercent: 25,
    diskReadRate: 2048,
    diskWriteRate: 4096,
    netInRate: 500,
    netOutRate: 5,
    processes: 3,
    ...capacity,
  })
})

test('where the kernel counts what is swapped, both ways are told apart', () => {
  const before = reading(0, { swapped: { inBytes: 100, outBytes: 1000 }, swapBytes: 900 })
  const after = reading(1000, { swapped: { inBytes: 600, outBytes: 1600 }, swapBytes: 1000 })
  expect(sampleBetween(before, after, capacity)).toMatchObject({ swapInRate: 500, swapOutRate: 600 })
})

test.each([
  [100, 900, { swapInRate: 0, swapOutRate: 800 }],
  [900, 100, { swapInRate: 800, swapOutRate: 0 }],
])('where it does not, the change from %d to %d bytes in swap says it', (from, to, rates) => {
  const sample = sampleBetween(reading(0, { swapBytes: from }), reading(1000, { swapBytes: to }), capacity)
  expect(sample).toMatchObject(rates)
})

test('a wall clock that was set changes neither spans nor rates', () => {
  const before = reading(0, {}, 1_700_000_000_000)
  const after = reading(1000, { cpuUs: 500_000 }, 1_600_000_000_000)
  expect(sampleBetween(before, after, capacity)).toMatchObject({
    at: 1_600_000_000_000,
    spanMs: 1000,
    cpuPercent: 50,
  })
})

test('a worker that was stopped for a minute has measured nothing', () => {
  expect(sampleBetween(reading(0, {}), reading(60_000, { cpuUs: 1 }), capacity)).toBeUndefined()
})

test('CPU time that went back is that of another program', () => {
  expect(sampleBetween(reading(0, { cpuUs: 9 }), reading(1000, { cpuUs: 8 }), capacity)).toBeUndefined()
})

test('where the kernel does not tell of waiting for memory, nothing is said of it', () => {
  const sample = sampleBetween(reading(0, { memStallUs: 1 }), reading(1000, {}), capacity)
  expect(sample).not.toHaveProperty('memStallPercent')
})

const counter = fc.integer({ min: 0, max: 2 ** 50 })
const anyUsage: fc.Arbitrary<Usage> = fc.record(
  {
    ...(Object.fromEntries(Object.keys(nothing).map((name) => [name, counter])) as {
      [Name in keyof typeof nothing]: typeof counter
    }),
    memStallUs: counter,
    swapped: fc.record({ inBytes: counter, outBytes: counter }),
  },
  { requiredKeys: Object.keys(nothing) as (keyof typeof nothing)[] },
) as fc.Arbitrary<Usage>
const anyReading = fc.record({
  usage: anyUsage,
  at: fc.integer({ min: 0, max: 2 ** 42 }),
  clockMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
})

test('whatever two readings say, a sample has no rate below nothing, and a span in which the worker was there', () => {
  fc.assert(
    fc.property(anyReading, anyReading, (before, after) => {
      const sample = sampleBetween(before, after, capacity)
      if (!sample) return
      for (const value of Object.values(sample)) expect(value).toSatisfy(Number.isFinite)
      for (const [name, value] of Object.entries(sample)) expect([name, value >= 0]).toEqual([name, true])
      expect(sample.memStallPercent ?? 0).toBeLessThanOrEqual(100)
      expect(sample.spanMs).toBeGreaterThanOrEqual(SHORTEST_SPAN_MS)
      expect(sample.spanMs).toBeLessThanOrEqual(LONGEST_SPAN_MS)
    }),
  )
})

test('the rates of all spans together are what was counted from the first to the last', () => {
  const steps = fc.array(
    fc.record({
      ms: fc.integer({ min: SHORTEST_SPAN_MS, max: LONGEST_SPAN_MS }),
      bytes: fc.integer({ min: 0, max: 2 ** 30 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      const readings = [reading(0, {})]
      for (const { ms, bytes } of all) {
        const { clockMs, usage } = readings.at(-1)!
        readings.push(reading(clockMs + ms, { diskReadBytes: usage.diskReadBytes + bytes }))
      }
      const samples = readings
        .slice(1)
        .map((after, index) => sampleBetween(readings[index]!, after, capacity)!)
      const told = samples.reduce((sum, { diskReadRate, spanMs }) => sum + (diskReadRate * spanMs) / 1000, 0)
      const counted = readings.at(-1)!.usage.diskReadBytes
      // Rates are whole bytes a second.
      expect(Math.abs(told - counted)).toBeLessThanOrEqual((all.length * LONGEST_SPAN_MS) / 1000)
    }),
  )
})
