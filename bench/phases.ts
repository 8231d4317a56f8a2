import type { EventLine } from '@mmcloud/testkit'
import type { Gap } from './statistics.ts'

/** Seconds of one move by phase, in the order they are shown; phases of one worker may overlap. */
export type Move = Readonly<Record<string, number>>

/**
 * Where the time of a move went: the job's own clock around it, the events of the control plane inside it, and whatever
 * the worker measured of saving (in the numbers of `saved`) and of going on (in those of `restored`).
 */
export const movePhases = (noticeAt: number, gap: Gap, events: readonly EventLine[]): Move => {
  const find = (reason: string): EventLine | undefined => events.findLast((event) => event.reason === reason)
  const saved = find('saved')
  const restored = find('restored')
  const savedAt = saved ? Date.parse(saved.at) / 1000 : Number.NaN
  return {
    'notice to last line (it works on)': gap.lastBefore - noticeAt,
    'last line to saved, as recorded': savedAt - gap.lastBefore,
    ...workerPhases(saved),
    'saved to first line': gap.firstAfter - savedAt,
    ...workerPhases(restored),
  }
}

/** Not phases: the same instant under another name, and the whole. */
const NOT_A_PHASE = new Set(['snapshotMs', 'standStillMs'])

const workerPhases = (event: EventLine | undefined): Move =>
  Object.fromEntries(
    Object.entries(event?.numbers ?? {}).flatMap(([name, value]) =>
      name.endsWith('Ms') && !NOT_A_PHASE.has(name)
        ? [[`… ${name.slice(0, -2)}`, Number(value) / 1000] as const]
        : [],
    ),
  )
