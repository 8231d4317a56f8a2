import type { FailureKind, WorkflowRecord } from '../ports/records/workflow-record.ts'
import type { RecordsTransaction } from '../ports/records/records.ts'
import type { EngineDeps } from '../engine-deps.ts'
import type { Job, JobId } from '@mmcloud/domain'

/** What a step sees. `outputs` are the results of earlier steps, read back from the log after a restart. */
export type StepContext = {
  readonly deps: EngineDeps
  readonly workflow: WorkflowRecord
  readonly jobId: JobId
  readonly params: Readonly<Record<string, unknown>>
  readonly outputs: Readonly<Record<string, unknown>>
  /** Aborts when a person asks for something else, or when the engine stops. */
  readonly signal: AbortSignal
}

/**
 * One step. `run` and `undo` may each be done twice: a crash between the deed and its record repeats it. A step
 * without `undo` says in a comment why it needs none.
 */
export type Step = {
  readonly name: string
  readonly run: (context: StepContext) => Promise<unknown>
  readonly undo?: (context: StepContext) => Promise<void>
}

/** A multi-step operation on a job: read the table, know the operation. */
export type Workflow = {
  readonly name: string
  readonly steps: readonly Step[]
  /** From this step on (if named) there is only forward: a failure is tried again until it succeeds, and nothing is undone. */
  readonly forwardFrom?: string
  /** In the transaction that ends an undone workflow: what the job is told. */
  readonly undone: (
    tx: RecordsTransaction,
    job: Job,
    failure: Failure,
    at: number,
    params: StepContext['params'],
  ) => Promise<Job>
}

export type Failure = { readonly kind: FailureKind; readonly message: string }

/** Ends a workflow and has it undone; the kind decides what the engine does next. */
export class WorkflowFailure extends Error {
  override readonly name = 'WorkflowFailure'
  readonly kind: FailureKind
  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}
