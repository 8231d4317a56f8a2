import type { Sample } from './sample.ts'

/** Long enough that one uneven second says little, short enough for a program that fills gigabytes in seconds. */
const SECONDS = 3

/**
 * How fast the job's memory grows into swap, in bytes a second, over the last samples that follow each other without a
 * hole; samples ascend. It is the larger of what was written out beyond what came back, and of how much more is in swap:
 * the one is known after a single sample, the other is right where the kernel counts no traffic of a group. A job that only
 * exchanges pages with swap does not grow: 0, as where nothing is known.
 */
export const swapGrowth = (samples: readonly Sample[], seconds = SECONDS): number => {
  const window = lastWithoutHole(samples, seconds * 1000)
  const spanMs = window.reduce((sum, sample) => sum + sample.spanMs, 0)
  if (spanMs === 0) return 0
  const written = window.reduce(
    (sum, sample) => sum + (sample.swapOutRate - sample.swapInRate) * (sample.spanMs / 1000),
    0,
  )
  return Math.max(0, written / (spanMs / 1000), moreInSwap(window))
}

/** From the end of the first sample to that of the last. */
const moreInSwap = (window: readonly Sample[]): number => {
  const [first, last] = [window[0], window.at(-1)]
  if (!first || !last || window.length < 2) return 0
  const spanMs = window.slice(1).reduce((sum, sample) => sum + sample.spanMs, 0)
  return ((last.swapBytes - first.swapBytes) / spanMs) * 1000
}

/** A freeze and a move lie in a hole: what was before says nothing of how it goes on. */
const HOLE_MS = 1000

const lastWithoutHole = (samples: readonly Sample[], lengthMs: number): readonly Sample[] => {
  let from = samples.length
  for (let length = 0; from > 0 && length < lengthMs; from -= 1) {
    const [sample, next] = [samples[from - 1]!, samples[from]]
    if (next && Math.abs(next.at - next.spanMs - sample.at) > HOLE_MS) break
    length += sample.spanMs
  }
  return samples.slice(from)
}
