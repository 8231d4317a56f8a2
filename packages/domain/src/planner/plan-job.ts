import type { Instance } from '../instance/instance.ts'
import type { Job } from '../job/job.ts'
import { hasEnded } from '../job/job-status.ts'

/** What the planner looks at: one job and what is known of its instance at one instant. */
export type JobWorld = {
  readonly job: Job
  /** The instance named by `residence`, if it runs. */
  readonly instance?: Instance
  /** What the provider said of that instance. `unknown` when the provider could not be asked: then nothing is concluded. */
  readonly cloud: 'exists' | 'gone' | 'unknown'
  /** What the worker there said last; absent while it is not connected. Silence alone never condemns a job. */
  readonly worker?: WorkerView
  /** An instance has gone, and what there is now fits a job that waits for capacity: it need not wait its time out. */
  readonly roomCameFree?: true
  readonly now: number
}

export type WorkerView = {
  readonly phase:
    | 'idle'
    | 'mounted'
    | 'preparing'
    | 'running'
    | 'capturing'
    | 'saved'
    | 'restoring'
    | 'exited'
    | 'failed'
  readonly exitCode?: number
  /** It was killed for want of memory, at this limit. */
  readonly outOfMemoryMiB?: number
  readonly logsShipped: boolean
  readonly error?: string
  readonly interruptionAt?: number
}

/** The one next thing to do about a job, with the numbers behind it. */
export type JobDecision =
  | { readonly do: 'nothing' }
  | { readonly do: 'place' }
  | { readonly do: 'float'; readonly trigger: 'reclaim'; readonly noticeSeconds: number }
  /** Its instance is gone, and the copy there with it. */
  | { readonly do: 'declareLost'; readonly why: 'instanceDied' | 'workerLost'; readonly error: string }
  /** A move was undone and the program runs where it was. */
  | { readonly do: 'carryOn' }
  | { readonly do: 'suspend' }
  /** Saved because everything here is about to stop; placed again at the next start. */
  | { readonly do: 'drain' }
  | {
      readonly do: 'end'
      readonly as: 'exited'
      readonly exitCode: number
      readonly outOfMemoryMiB?: number
    }
  | { readonly do: 'end'; readonly as: 'cancelled' | 'timedout' }
  | { readonly do: 'reachTimeLimit'; readonly executedSeconds: number }

const NOTHING: JobDecision = { do: 'nothing' }

/**
 * Decides what a job needs next. Pure: the same world gives the same answer. A job with a workflow under way is left
 * alone, so one thing at a time happens to it.
 */
export const planJob = (world: JobWorld): JobDecision => {
  const { job } = world
  if (job.workflow !== undefined || hasEnded(job.status)) return NOTHING
  if (job.wanted === 'cancelled' || job.wanted === 'timedout') return { do: 'end', as: job.wanted }
  return job.residence.kind === 'running' ? planRunning(world) : planResting(world)
}

/** No copy runs: place it, or let it rest. */
const planResting = ({ job, now, roomCameFree }: JobWorld): JobDecision => {
  if (job.wanted === 'suspended') return job.status === 'Suspended' ? NOTHING : { do: 'suspend' }
  const waits = job.placeAfter !== undefined && now < job.placeAfter
  return waits && !roomCameFree ? NOTHING : { do: 'place' }
}

const exited = ({ exitCode = 255, outOfMemoryMiB }: WorkerView): JobDecision => ({
  do: 'end',
  as: 'exited',
  exitCode,
  ...(outOfMemoryMiB === undefined ? {} : { outOfMemoryMiB }),
})

const planRunning = (world: JobWorld): JobDecision => {
  const { job, worker, now } = world
  if (world.cloud === 'gone')
    return { do: 'declareLost', why: 'instanceDied', error: 'the provider no longer has it' }
  if (worker === undefined) return NOTHING
  if (worker.phase === 'exited') return worker.logsShipped ? exited(worker) : NOTHING
  if (worker.phase === 'idle' || worker.phase === 'mounted' || worker.phase === 'failed') {
    return { do: 'declareLost', why: 'workerLost', error: worker.error ?? 'the worker holds no program' }
  }
  // Saved without having been asked: the worker saw a notice while we were away.
  if (worker.phase === 'saved' || worker.interruptionAt !== undefined) {
    if (worker.phase !== 'saved' && job.placeAfter !== undefined && now < job.placeAfter) return NOTHING
    // It works until its instance is gone, and that is then a loss.
    if (worker.phase !== 'saved' && job.spec.migrateDisabled) return NOTHING
    return {
      do: 'float',
      trigger: 'reclaim',
      noticeSeconds: Math.max(0, Math.round(((worker.interruptionAt ?? now) - now) / 1000)),
    }
  }
  if (job.wanted === 'suspended') return { do: 'suspend' }
  if (job.status !== 'Executing' && worker.phase === 'running') return { do: 'carryOn' }
  const executed = executedSeconds(job, now)
  if (job.spec.timeLimitSeconds !== undefined && executed >= job.spec.timeLimitSeconds) {
    return { do: 'reachTimeLimit', executedSeconds: Math.round(executed) }
  }
  return NOTHING
}

/**
 * What a job needs when everything here is about to stop: what has ended is ended, what runs is saved, nothing is
 * placed. A save that failed is tried again after a pause.
 */
export const planDrain = (world: JobWorld): JobDecision => {
  const { job, now } = world
  const decision = planJob(world)
  if (decision.do === 'place') return NOTHING
  if (decision.do === 'nothing' && job.spec.migrateDisabled) return NOTHING
  if (decision.do !== 'nothing' || job.workflow !== undefined || job.residence.kind !== 'running')
    return decision
  if (world.worker?.phase !== 'running' || (job.placeAfter !== undefined && now < job.placeAfter))
    return NOTHING
  return { do: 'drain' }
}

/** Time spent `Executing` in this attempt, in seconds. */
export const executedSeconds = (job: Job, now: number): number =>
  (job.executedMs + (job.executingSince === undefined ? 0 : now - job.executingSince)) / 1000
