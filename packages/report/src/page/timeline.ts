import type { JobInstance, Migration } from '@mmcloud/contract'
import type { JobStory } from '../job-story.ts'

/** A stay of the job on an instance. */
export type Band = {
  readonly letter: string
  readonly machine: JobInstance
  readonly from: number
  readonly to: number
}
/** Between freeze and first instruction. */
export type StandStill = { readonly from: number; readonly to: number }
/** A move, numbered from 1, at the moment at which it was decided. */
export type Mark = { readonly number: number; readonly at: number; readonly move: Migration }

/** A job's life on one axis of time (epoch ms). */
export type Timeline = {
  readonly from: number
  readonly to: number
  readonly bands: readonly Band[]
  readonly standStills: readonly StandStill[]
  readonly marks: readonly Mark[]
}

/** A job that moved more often is told from its last moves: more flags would be a wall, and each takes a kilobyte. */
export const toldMarks = ({ marks }: Timeline): readonly Mark[] => marks.slice(-MOST_TOLD)
const MOST_TOLD = 80

/** Shorter would be a wall, not a picture. */
const LEAST_MS = 2000

export const timelineOf = (story: JobStory): Timeline => {
  const bands = bandsOf(story)
  const moves = story.migrations
  const marks = moves.map((move, index) => ({ number: index + 1, at: Date.parse(move.startTime), move }))
  const standStills = moves.flatMap((move) => standStillOf(move) ?? [])
  const { at, stepMs } = story.usage
  const times = [
    ...bands.flatMap((band) => [band.from, band.to]),
    ...standStills.flatMap((still) => [still.from, still.to]),
    ...marks.map((mark) => mark.at),
    ...(at.length > 0 ? [at[0] ?? 0, (at.at(-1) ?? 0) + stepMs] : []),
  ]
  const [submitted, end] = [Date.parse(story.job.submitTime), endOf(story)]
  const from = times.length === 0 ? submitted : least(times)
  return {
    from,
    to: Math.max(from + LEAST_MS, times.length === 0 ? end : most(times)),
    bands,
    standStills,
    marks,
  }
}

/** Of the job, or now. */
export const endOf = ({ job, now }: JobStory): number => (job.endTime ? Date.parse(job.endTime) : now)

/**
 * From the first instruction on an instance to the freeze that ended the stay. An instance the program never ran on (its
 * launch or the move there failed) has none.
 */
const bandsOf = (story: JobStory): readonly Band[] => {
  const done = story.migrations.filter(({ outcome }) => outcome === 'done')
  const wasted = new Set(
    story.migrations.filter(({ outcome }) => outcome === 'undone').map(({ target }) => target?.instance),
  )
  const end = endOf(story)
  const stays = story.instances.flatMap((machine) => {
    const came = done.find(({ target }) => target?.instance === machine.instance)
    const left = done.find(({ source }) => source?.instance === machine.instance)
    const start = came?.endTime ?? machine.readyTime
    if (start === undefined || (wasted.has(machine.instance) && !came && !left)) return []
    const from = Date.parse(start)
    const until = left ? standStillOf(left)?.from : undefined
    const to = until ?? (machine.endTime ? Math.min(Date.parse(machine.endTime), Math.max(end, from)) : end)
    // Where the next stay begins the stand-still before it ends, even if nobody knows what it left: it was lost.
    const still = came ? standStillOf(came) : undefined
    return [{ machine, from, to: Math.max(from, to), freeFrom: still?.from ?? from }]
  })
  const sorted = stays.toSorted((a, b) => a.from - b.from)
  return sorted.map(({ machine, from, to }, index) => {
    const until = sorted[index + 1]?.freeFrom ?? to
    return { letter: letterOf(index), machine, from, to: Math.max(from, Math.min(to, until)) }
  })
}

const standStillOf = ({ endTime, standStillMs, outcome }: Migration): StandStill | undefined => {
  if (endTime === undefined || outcome !== 'done') return undefined
  const to = Date.parse(endTime)
  return { from: to - standStillMs, to }
}

/** A, B, … Z, AA, AB, … */
const letterOf = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : letterOf(Math.floor(index / 26) - 1) + letterOf(index % 26)

// Not Math.min(...times): a long life has more points than a call takes arguments.
const least = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const most = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
