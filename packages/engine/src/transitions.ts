import {
  hasEnded,
  type Job,
  type JobId,
  type JobStatus,
  mayFollow,
  type Reason,
  type ReasonNumbers,
} from '@mmcloud/domain'
import { closeMoves } from './open-moves.ts'
import type { RecordsTransaction } from './ports/records/records.ts'

/** What a transition may change beside the status. */
export type JobPatch = Partial<
  Omit<Job, 'id' | 'user' | 'status' | 'version' | 'submittedAt' | 'updatedAt'>
> & {
  /** Fields to clear. */
  readonly clear?: readonly (
    | 'workflow'
    | 'exitCode'
    | 'placeAfter'
    | 'waitsForCapacity'
    | 'captureFailure'
    | 'moveTo'
    | 'stuck'
    | 'startedAt'
    | 'endedAt'
  )[]
}

/**
 * The one way a job changes: new state and its event in the same transaction, refused when the state table does not
 * allow it. `executedMs` is kept here, since only here `Executing` begins and ends.
 */
export const moveJob = async (
  tx: RecordsTransaction,
  job: Job,
  to: JobStatus,
  reason: Reason,
  numbers: ReasonNumbers,
  at: number,
  patch: JobPatch = {},
): Promise<Job> => {
  if (to !== job.status && !mayFollow(job.status, to)) {
    throw new Error(`job ${job.id} cannot go from ${job.status} to ${to} (${reason})`)
  }
  const ends = to !== job.status && hasEnded(to) ? { endedAt: at } : {}
  const moved = { ...patched({ ...executedTime(job, to, at), status: to }, patch, at), ...ends }
  await tx.updateJob(moved)
  await tx.addEvent(job.id, { at, from: job.status, to, reason, numbers })
  if (to !== job.status && hasEnded(to)) await closeMoves(tx, job.id, `the job ended: ${to}`, at)
  return moved
}

/** Changes a job's record without anything worth telling. */
export const patchJob = async (
  tx: RecordsTransaction,
  job: Job,
  patch: JobPatch,
  at: number,
): Promise<Job> => {
  const next = patched(job, patch, at)
  await tx.updateJob(next)
  return next
}

/** The job, which must exist. */
export const jobOf = async (tx: { job(id: JobId): Promise<Job | undefined> }, id: JobId): Promise<Job> => {
  const job = await tx.job(id)
  if (!job) throw new Error(`job ${id} has no record`)
  return job
}

const patched = (job: Job, { clear = [], ...changes }: JobPatch, at: number): Job => {
  const next = { ...job, ...changes, updatedAt: at, version: job.version + 1 }
  for (const field of clear) delete next[field]
  return next
}

/** `Executing` time is counted where the status changes, so that no other code can forget it. */
const executedTime = (job: Job, to: JobStatus, at: number): Job => {
  if (to === 'Executing') return job.status === 'Executing' ? job : { ...job, executingSince: at }
  if (job.executingSince === undefined) return job
  const { executingSince, ...rest } = job
  return { ...rest, executedMs: job.executedMs + Math.max(0, at - executingSince) }
}
