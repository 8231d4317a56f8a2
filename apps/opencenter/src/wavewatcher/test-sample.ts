import type { Sample } from '@mmcloud/domain'

/** A sample of a second for tests. */
export const aSample = (at: number, changes: Partial<Sample> = {}): Sample => ({
  at,
  spanMs: 1000,
  cpuPercent: 50,
  memBytes: 500,
  cacheBytes: 10,
  swapBytes: 0,
  swapInRate: 0,
  swapOutRate: 0,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 1,
  capacityCpu: 1,
  capacityMemBytes: 1000,
  capacitySwapBytes: 0,
  ...changes,
})
