import type { SampleSeries, Usage } from '@mmcloud/contract'
import { column } from '../usage-columns.ts'
import type { Band, Timeline } from './timeline.ts'

/** A level that holds from one instant to the next. */
export type Step = { readonly from: number; readonly to: number; readonly value: number }

/**
 * What the job could have, over time: as it was measured (its memory limit is a little below what the type has), or, on an
 * instance where nothing was measured, what the type has.
 */
export const capacitySteps = (
  usage: Usage,
  timeline: Timeline,
  series: SampleSeries,
  ofType: (band: Band) => number,
): readonly Step[] =>
  timeline.bands.map((band) => ({
    from: band.from,
    to: band.to,
    value: measuredIn(usage, series, band) ?? ofType(band),
  }))

const measuredIn = (usage: Usage, series: SampleSeries, { from, to }: Band): number | undefined => {
  const values = column(usage, series)
  const within = values.filter((_, index) => {
    const at = (usage.at[index] ?? 0) + usage.stepMs / 2
    return at >= from && at <= to
  })
  return within.findLast((value) => value !== null) ?? undefined
}

export const scaled = (steps: readonly Step[], factor: number): readonly Step[] =>
  steps.map((step) => ({ ...step, value: step.value * factor }))
