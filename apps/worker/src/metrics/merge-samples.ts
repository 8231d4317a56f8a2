import type { Sample } from '@mmcloud/domain'

/** Two spans this far apart by the wall clock belong together: readings and clocks are a little uneven. */
const UNEVEN_MS = 500

/**
 * Means over `spanMs` at most, of samples that follow each other without a hole on the same instance; a mean is never of
 * both sides of a hole. Each has the `at` of the last sample in it.
 */
export const mergeSamples = (samples: readonly Sample[], spanMs: number): Sample[] => {
  const groups: Sample[][] = []
  let length = 0
  for (const sample of samples) {
    const group = groups.at(-1)
    if (group && length + sample.spanMs <= spanMs && follows(sample, group.at(-1)!)) {
      group.push(sample)
      length += sample.spanMs
    } else {
      groups.push([sample])
      length = sample.spanMs
    }
  }
  return groups.map(mean)
}

const follows = (sample: Sample, before: Sample): boolean =>
  Math.abs(sample.at - sample.spanMs - before.at) <= UNEVEN_MS &&
  sample.capacityCpu === before.capacityCpu &&
  sample.capacityMemBytes === before.capacityMemBytes &&
  sample.capacitySwapBytes === before.capacitySwapBytes

/** Weighted by their spans. */
const mean = (group: readonly Sample[]): Sample => {
  const last = group.at(-1)!
  if (group.length === 1) return last
  const spanMs = group.reduce((sum, sample) => sum + sample.spanMs, 0)
  const of = (part: readonly Sample[], value: (sample: Sample) => number): number => {
    const whole = part.reduce((sum, sample) => sum + sample.spanMs, 0)
    return part.reduce((sum, sample) => sum + (value(sample) * sample.spanMs) / whole, 0)
  }
  const amount = (value: (sample: Sample) => number): number => Math.round(of(group, value))
  const percent = (part: readonly Sample[], value: (sample: Sample) => number): number =>
    Math.round(of(part, value) * 10) / 10
  const stalls = group.filter(({ memStallPercent }) => memStallPercent !== undefined)
  return {
    ...last,
    spanMs,
    cpuPercent: percent(group, ({ cpuPercent }) => cpuPercent),
    memBytes: amount(({ memBytes }) => memBytes),
    cacheBytes: amount(({ cacheBytes }) => cacheBytes),
    swapBytes: amount(({ swapBytes }) => swapBytes),
    swapInRate: amount(({ swapInRate }) => swapInRate),
    swapOutRate: amount(({ swapOutRate }) => swapOutRate),
    ...(stalls.length === 0
      ? {}
      : { memStallPercent: percent(stalls, ({ memStallPercent = 0 }) => memStallPercent) }),
    diskReadRate: amount(({ diskReadRate }) => diskReadRate),
    diskWriteRate: amount(({ diskWriteRate }) => diskWriteRate),
    netInRate: amount(({ netInRate }) => netInRate),
    netOutRate: amount(({ netOutRate }) => netOutRate),
    processes: amount(({ processes }) => processes),
  }
}
