import type { JobId, WorkflowId } from '@mmcloud/domain'

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
  /** Why it is being undone; a sentence. */
  readonly error?: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly version: number
}
