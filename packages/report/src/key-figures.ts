import { formatCost } from '@mmcloud/contract/grammar/time'
import { formatSpan } from './measures.ts'
import { counted, usd } from './words.ts'
import type { JobStory } from './job-story.ts'
import { column, peak, summed } from './usage-columns.ts'

/** A number worth a look, what it is, and what stands behind it. */
export type KeyFigure = { readonly name: string; readonly value: string; readonly note: string }

const GIB = 2 ** 30

export const keyFigures = (story: JobStory): readonly KeyFigure[] => {
  const { cost } = story
  return [
    {
      name: 'Cost',
      value: formatCost(cost.total),
      note: `spot ${usd(cost.spot)}, on demand ${usd(cost.onDemand)}, disks ${usd(cost.volumes)}`,
    },
    saved('all on demand', cost.allOnDemand, cost.savedAgainstOnDemand),
    saved('the largest', cost.largestFromTheStart, cost.savedAgainstLargest),
    moves(story),
    stoodStill(story),
    peakMemory(story),
  ]
}

const saved = (against: string, otherwise: number, difference: number): KeyFigure => ({
  name: `Against ${against}`,
  value:
    otherwise > 0
      ? `${Math.round((Math.abs(difference) / otherwise) * 100)} % ${difference < 0 ? 'dearer' : 'saved'}`
      : '–',
  note: otherwise > 0 ? `${usd(otherwise - difference)} instead of ${formatCost(otherwise)}` : '',
})

const moves = ({ migrations }: JobStory): KeyFigure => {
  const done = migrations.filter(({ outcome }) => outcome === 'done')
  const undone = migrations.filter(({ outcome }) => outcome === 'undone').length
  const bySize = done.filter(({ trigger }) => /^policy|^evadeOOM$/.test(trigger)).length
  const taken = done.filter(({ trigger }) => ['reclaim', 'drill', 'lost'].includes(trigger)).length
  const notes = [
    ...(bySize > 0 ? [`${bySize} for its size`] : []),
    ...(taken > 0 ? [`${counted(taken, 'instance')} taken`] : []),
    ...(undone > 0 ? [`${undone} undone`] : []),
  ]
  return { name: 'Moves', value: String(done.length), note: notes.join(', ') }
}

/** A rest that was asked for is none: nobody waited. */
const stoodStill = ({ migrations }: JobStory): KeyFigure => {
  const spans = migrations.flatMap(({ trigger, standStillMs, outcome }) =>
    trigger === 'resume' || outcome !== 'done' ? [] : [standStillMs],
  )
  const total = spans.reduce((sum, ms) => sum + ms, 0)
  return {
    name: 'Stood still',
    value: total > 0 ? formatSpan(total) : '0s',
    note: spans.length > 1 ? `longest ${formatSpan(Math.max(...spans))}` : '',
  }
}

const peakMemory = ({ usage }: JobStory): KeyFigure => {
  const swap = column(usage, 'swapBytes')
  const most = peak(summed([column(usage, 'memBytesMax'), swap]))
  const swapped = peak(swap)
  return {
    name: 'Peak memory',
    value: most > 0 ? gib(most) : '–',
    note: swapped > 0 ? `up to ${gib(swapped)} in swap` : '',
  }
}

/** `512 MiB`, `5.6 GiB` */
export const gib = (bytes: number): string =>
  bytes < GIB ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`
