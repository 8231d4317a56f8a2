import type { Sample } from '@mmcloud/domain'

/** What a busy job may look like: figures as wide as real ones, the same in every run. */
export const sampleLoad = (): ((at: number) => Sample) => {
  const random = seeded(1)
  const below = (bound: number): number => Math.floor(random() * bound)
  return (at) => ({
    at,
    spanMs: 995 + below(10),
    cpuPercent: below(4000) / 10,
    memBytes: below(2 ** 33),
    cacheBytes: below(2 ** 31),
    swapBytes: 0,
    swapInRate: 0,
    swapOutRate: 0,
    memStallPercent: below(50) / 10,
    diskReadRate: below(2 ** 20),
    diskWriteRate: below(2 ** 24),
    netInRate: below(20_000),
    netOutRate: below(20_000),
    processes: 5 + below(10),
    capacityCpu: 4,
    capacityMemBytes: 16 * 2 ** 30,
    capacitySwapBytes: 8 * 2 ** 30,
  })
}

/** mulberry32, in [0, 1). */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
