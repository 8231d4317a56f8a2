import type { JobId, WorkflowId } from '@mmcloud/domain'

/**
 * `capacity` no offer had room · `launch` the instance did not come up · `image` the image could not be fetched · `start` the program could not be started ·
 * `restore` a checkpoint could not be restored · `capture` it could not be saved and runs on · `ended` it had ended by itself before it was saved · `lost` the instance
 * died meanwhile · `checkpointsFailed` every checkpoint is lost · `lostForGood` no checkpoint and no rerun allowed ·
 * `aborted` a person asked for something else · `unknown` anything else.
 */
export type FailureKind =
  | 'capacity'
  | 'launch'
  | 'image'
  | 'start'
  | 'restore'
  | 'capture'
  | 'ended'
  | 'lost'
  | 'checkpointsFailed'
  | 'lostForGood'
  | 'aborted'
  | 'unknown'

/** The log of one run of a workflow: enough to go on with it after a crash at any instant. */
export type WorkflowRecord = {
  readonly id: WorkflowId
  readonly name: string
  readonly jobId: JobId
  readonly params: Readonly<Record<string, unknown>>
  /** Results of the steps done so far, by step name, in order. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly direction: 'forward' | 'undoing' | 'done' | 'undone'
  /** Index of the step to do (or undo) next. */
  readonly next: number
  /** Why it is being undone: a kind the engine acts upon and a sentence for a person. */
  readonly failure?: { readonly kind: FailureKind; readonly message: string }
  readonly startedAt: number
  readonly endedAt?: number
  readonly version: number
}
