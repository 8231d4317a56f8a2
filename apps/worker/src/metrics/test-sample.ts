import type { Sample } from '@mmcloud/domain'

/** A sample of an idle second for tests, with what matters in them. */
export const testSample = (part: Partial<Sample> = {}): Sample => ({
  at: 1_700_000_000_000,
  spanMs: 1000,
  cpuPercent: 0,
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
  capacityMemBytes: 1024 ** 3,
  capacitySwapBytes: 0,
  ...part,
})

/** So many seconds one after the other; `at` counts from nothing. */
export const testSeconds = (count: number, from = 0): Sample[] =>
  Array.from({ length: count }, (_, index) =>
    testSample({ at: (from + index + 1) * 1000, cpuPercent: (from + index) % 100 }),
  )
