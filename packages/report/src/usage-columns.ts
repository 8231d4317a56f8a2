import type { SampleSeries, Usage } from '@mmcloud/contract'

/** One series as long as `at`; nulls where the OpCenter has none. */
export const column = (usage: Usage, name: SampleSeries): readonly (number | null)[] =>
  usage.series[name] ?? usage.at.map(() => null)

/** The last value that was measured. */
export const latest = (usage: Usage, name: SampleSeries): number | undefined =>
  column(usage, name).findLast((value) => value !== null) ?? undefined

/** The largest value that was measured; 0 where there is none. */
export const peak = (values: readonly (number | null)[]): number =>
  values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)

/** Sum of columns, point by point; null where the first is. */
export const summed = ([first, ...rest]: readonly (readonly (number | null)[])[]): readonly (
  | number
  | null
)[] =>
  (first ?? []).map((value, at) =>
    value === null ? null : rest.reduce((sum, values) => sum + (values[at] ?? 0), value),
  )

/** Stretches of `[first, last]` points without a hole: steps in which the program did not run are left out of a usage. */
export const stretches = ({ at, stepMs }: Usage): readonly (readonly [number, number])[] => {
  const found: [number, number][] = []
  at.forEach((time, index) => {
    const current = found.at(-1)
    const before = at[index - 1]
    // A sample a little late is no hole.
    if (current && before !== undefined && time - before < stepMs * 1.75) current[1] = index
    else found.push([index, index])
  })
  return found
}
