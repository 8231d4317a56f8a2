import type { Sample } from '@mmcloud/domain'
import type { Capacity, Reading, Usage } from './usage.ts'

/** Less says nothing: the kernel counts in ticks of some milliseconds. */
export const SHORTEST_SPAN_MS = 100
/**
 * A worker that did not measure for so long was stopped, most likely with its whole instance; nobody knows then for how
 * long the program could run, and time in which it could not is not idle time.
 */
export const LONGEST_SPAN_MS = 5000

/**
 * What was used between two readings. Nothing when the span is too short or too long, or when the CPU time went back: then
 * the two are not of the same control group. Another counter that went back began anew (a device was replaced): what it has
 * counted since cannot be told from what it had counted before, so it counts nothing.
 */
export const sampleBetween = (before: Reading, after: Reading, capacity: Capacity): Sample | undefined => {
  const spanMs = after.clockMs - before.clockMs
  if (spanMs < SHORTEST_SPAN_MS || spanMs > LONGEST_SPAN_MS) return undefined
  if (after.usage.cpuUs < before.usage.cpuUs) return undefined
  const grown = growth(before.usage, after.usage)
  const rate = (count: (usage: Usage) => number): number => Math.round((grown(count) / spanMs) * 1000)
  const { memBytes, cacheBytes, swapBytes, processes } = after.usage
  return {
    at: after.at,
    spanMs: Math.round(spanMs),
    // µs of CPU in ms of time: 10 is one percent of a core.
    cpuPercent: oneDecimal(grown(({ cpuUs }) => cpuUs) / spanMs / 10),
    memBytes,
    cacheBytes,
    swapBytes,
    ...swapRates(before.usage, after.usage, rate),
    ...memStall(before.usage, after.usage, spanMs),
    diskReadRate: rate(({ diskReadBytes }) => diskReadBytes),
    diskWriteRate: rate(({ diskWriteBytes }) => diskWriteBytes),
    netInRate: rate(({ netInBytes }) => netInBytes),
    netOutRate: rate(({ netOutBytes }) => netOutBytes),
    processes,
    ...capacity,
  }
}

const growth =
  (before: Usage, after: Usage) =>
  (count: (usage: Usage) => number): number =>
    Math.max(0, count(after) - count(before))

type Rate = (count: (usage: Usage) => number) => number

/** Where the kernel does not count it for a group, the change of what is in swap says which way it went, on balance. */
const swapRates = (before: Usage, after: Usage, rate: Rate): Pick<Sample, 'swapInRate' | 'swapOutRate'> => {
  if (before.swapped && after.swapped) {
    return {
      swapInRate: rate(({ swapped }) => swapped?.inBytes ?? 0),
      swapOutRate: rate(({ swapped }) => swapped?.outBytes ?? 0),
    }
  }
  return { swapInRate: rate(({ swapBytes }) => -swapBytes), swapOutRate: rate(({ swapBytes }) => swapBytes) }
}

const memStall = (before: Usage, after: Usage, spanMs: number): Pick<Sample, 'memStallPercent'> => {
  if (before.memStallUs === undefined || after.memStallUs === undefined) return {}
  const stalledMs = growth(before, after)(({ memStallUs = 0 }) => memStallUs) / 1000
  // The kernel closes a stall when it ends: the first moments of the next span may hold more than their own length.
  return { memStallPercent: oneDecimal(Math.min(100, (stalledMs / spanMs) * 100)) }
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10
