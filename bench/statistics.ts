/** The middle one, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value that so many percent do not exceed: nearest rank. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]!
}

/** A silence between two ticks, in seconds of the Unix clock. */
export type Gap = { readonly lastBefore: number; readonly firstAfter: number; readonly seconds: number }

/** The longest silence in a ticker's output that ended after `since`: how long the program stood still, as itself saw it. */
export const longestGap = (output: string, since = 0): Gap => {
  const ticks = output
    .split('\n')
    .map(Number)
    .filter((tick) => tick > 0)
  const gaps = ticks
    .slice(1)
    .map((firstAfter, index) => ({ lastBefore: ticks[index]!, firstAfter }))
    .filter(({ firstAfter }) => firstAfter > since)
    .map((gap) => ({ ...gap, seconds: gap.firstAfter - gap.lastBefore }))
  const [longest] = gaps.toSorted((a, b) => b.seconds - a.seconds)
  if (!longest) throw new Error(`No two ticks, the second after ${since}, in ${ticks.length} of them`)
  return longest
}
