const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const SPARKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
/** Where a bound of the policy lies in a bar. */
export const BOUND = '│'

/** A share of a capacity as a bar of `width` letters, with marks at other shares of it; shares are from 0 to 1. */
export const bar = (share: number, width: number, bounds: readonly number[]): string => {
  const filled = Math.min(1, Math.max(0, share)) * width
  const whole = Math.floor(filled)
  const part = EIGHTHS[Math.floor((filled - whole) * 8)] ?? ''
  const letters = Array.from(('█'.repeat(whole) + part).padEnd(width, '░'))
  for (const bound of bounds) letters[Math.min(width - 1, Math.round(bound * width))] = BOUND
  return letters.join('')
}

/** A point of time and what was measured then. */
export type Point = { readonly at: number; readonly value: number }

/**
 * The largest value of each of `width` equal spans of time up to `to`, as a letter from ▁ to █ (`most`); blank where nothing
 * was measured.
 */
export const sparkline = (
  points: readonly Point[],
  to: number,
  spanMs: number,
  width: number,
  most: number,
): string => {
  const peaks: (number | undefined)[] = Array.from({ length: width })
  for (const { at, value } of points) {
    const index = Math.floor(((at - (to - spanMs)) / spanMs) * width)
    if (index >= 0 && index < width) peaks[index] = Math.max(peaks[index] ?? 0, value)
  }
  return peaks
    .map((peak) => {
      if (peak === undefined) return ' '
      const level = most > 0 ? Math.floor((peak / most) * SPARKS.length) : 0
      return SPARKS[Math.min(SPARKS.length - 1, Math.max(0, level))]
    })
    .join('')
}
