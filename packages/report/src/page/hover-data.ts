import type { SampleSeries } from '@mmcloud/contract'
import type { JobStory } from '../job-story.ts'
import { column } from '../usage-columns.ts'
import { LEFT, RIGHT } from './frame.ts'
import type { Timeline } from './timeline.ts'

/** What the hover of the page reads out: name, series, size of one unit, unit. Kept in tenths of a unit, to be short. */
const SHOWN: readonly (readonly [string, SampleSeries, number, string])[] = [
  ['CPU', 'cpuPercent', 1, '%'],
  ['of', 'capacityCpu', 0.01, '%'],
  ['Memory', 'memBytes', 2 ** 20, 'MiB'],
  ['of', 'capacityMemBytes', 2 ** 20, 'MiB'],
  ['Page cache', 'cacheBytes', 2 ** 20, 'MiB'],
  ['Swap', 'swapBytes', 2 ** 20, 'MiB'],
  ['Stalled', 'memStallPercent', 1, '%'],
  ['Disk read', 'diskReadRate', 2 ** 20, 'MiB/s'],
  ['Disk write', 'diskWriteRate', 2 ** 20, 'MiB/s'],
  ['Network in', 'netInRate', 2 ** 20, 'MiB/s'],
  ['Network out', 'netOutRate', 2 ** 20, 'MiB/s'],
  ['Processes', 'processes', 1, ''],
]

export const hoverData = (story: JobStory, { from, to }: Timeline) => {
  const { usage } = story
  const start = usage.at[0] ?? from
  return {
    from,
    to,
    left: LEFT,
    right: RIGHT,
    stepMs: usage.stepMs,
    /** The page tells time as its maker's clock does, wherever it is read. */
    offsetMs: -new Date(from).getTimezoneOffset() * 60_000,
    start,
    at: usage.at.map((at) => Math.round((at - start) / 100)),
    series: SHOWN.map(([name, series, size, unit]) => ({
      name,
      unit,
      values: column(usage, series).map((value) => (value === null ? null : Math.round((value / size) * 10))),
    })),
  }
}
