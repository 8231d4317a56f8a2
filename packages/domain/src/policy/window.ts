import type { Sample } from '../usage/sample.ts'

/** Of a window so much must have been measured for it to say anything. */
const COVERED = 0.9

/**
 * The samples of the last `seconds` before the newest one, if they cover that time; samples ascend. A program that was
 * frozen, a worker that was silent or a clock that jumped leave a hole, and a hole is neither busy nor idle.
 */
export const recentSamples = (samples: readonly Sample[], seconds: number): readonly Sample[] | undefined => {
  const newest = samples.at(-1)
  if (!newest) return undefined
  const from = newest.at - seconds * 1000
  const window = samples.slice(samples.findLastIndex(({ at }) => at <= from) + 1)
  // The oldest may reach beyond the beginning of the window.
  const covered = window.reduce((sum, { at, spanMs }) => sum + Math.min(spanMs, at - from), 0)
  return covered >= seconds * 1000 * COVERED ? window : undefined
}

export const maxOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((max, item) => Math.max(max, value(item)), 0)

/** Nearest rank, each item counting for the time it spans; 0 of nothing. */
export const percentile = <T extends { readonly spanMs: number }>(
  items: readonly T[],
  percent: number,
  value: (item: T) => number,
): number => {
  const sorted = items.toSorted((a, b) => value(a) - value(b))
  const rank = (sorted.reduce((sum, { spanMs }) => sum + spanMs, 0) * percent) / 100
  let passed = 0
  const found = sorted.find(({ spanMs }) => (passed += spanMs) >= rank)
  return found ? value(found) : 0
}
