/** The middle one, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * The `count` longest silences in a ticker's output, in seconds, in the order they happened: how long the program stood
 * still each time, as itself saw it.
 */
export const longestGaps = (output: string, count: number): number[] => {
  const ticks = output
    .split('\n')
    .map(Number)
    .filter((tick) => tick > 0)
  const gaps = ticks.slice(1).map((tick, index) => ({ index, gap: tick - ticks[index]! }))
  return gaps
    .toSorted((a, b) => b.gap - a.gap)
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ gap }) => gap)
}

export const seconds = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} s  (${values.map((value) => value.toFixed(2)).join(', ')})`
