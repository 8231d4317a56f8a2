import type { Job, JobId, JobSpec, Range } from '@mmcloud/domain'

/**
 * What people ask of jobs. Each call checks that the job's status allows it (`JOB_ACTIONS`), records the wish with its
 * event, nudges the reconciler and returns: nothing here waits for the cloud. Refusals are `UserError`s that name the
 * job's status or the move already under way. Reading is done straight from `Records`.
 */
export interface JobCommands {
  /** Throws `invalidArgument` when no type of the catalogue fits, before anything is recorded. */
  /** With `once`, the job of that id if it was made by the same request; refuses another request under its id. */
  submit(spec: JobSpec, user: string, once?: SubmitOnce): Promise<Job>
  /**
   * The job that `submit` has made with this, if it has: who asks again is answered at once, whatever of its request is no
   * longer to be had. Refuses another request.
   */
  submitted(once: SubmitOnce): Promise<Job | undefined>
  /** Accepted for an ended job too, and then changes nothing. */
  cancel(id: JobId, user: string): Promise<Job>
  suspend(id: JobId, user: string): Promise<Job>
  resume(id: JobId, user: string): Promise<Job>
  /** A second move while one is under way is refused in words. */
  migrate(id: JobId, user: string, target: MoveTarget): Promise<Job>
  /**
   * Changes what was asked for; `change` is pure and may be called again. New bounds replace a size that was grown into,
   * and the job moves at once if its instance does not fit them; that waits for what is under way.
   */
  modify(id: JobId, user: string, changes: JobChanges): Promise<Job>
  snapshot(id: JobId, user: string): Promise<Job>
  /** From scratch, with another configuration where one is given; what no type fits is refused. */
  rerun(id: JobId, user: string, changed?: ChangedSpec): Promise<Job>
  /** Asks the provider for a reclaim of the job's instance. */
  drill(id: JobId, user: string, noticeSeconds: number): Promise<Job>
}

export type SubmitOnce = {
  /** Follows from the user and the key. */
  readonly id: JobId
  /** Absent: whoever names the job means it, whatever the request says. */
  readonly requestDigest?: string
}

export type ChangedSpec = {
  readonly spec: JobSpec
  /** For the history: `cpu 4, env LEVEL`. */
  readonly told: string
}

export type JobChanges = {
  readonly change: (spec: JobSpec) => JobSpec
  /** Whether CPU, memory or type are among them. */
  readonly bounds: boolean
  /** For the history: `migratePolicy [mem.step=100]`. */
  readonly told: string
  /** The job asked for it itself. */
  readonly byJob?: boolean
}

/** A type, or a size; neither = another instance of the size the job has. */
export type MoveTarget = {
  readonly instanceType?: string
  readonly cpu?: Range
  readonly memGB?: Range
  /** The job asked for it itself. */
  readonly byJob?: boolean
  /** The last event known to who asks: the same wish since then is this one, and is not carried out twice. */
  readonly after?: number
}
