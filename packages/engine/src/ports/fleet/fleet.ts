import type { RefusalCause, WorkerMethod, WorkerParams, WorkerReport, WorkerResult } from '@mmcloud/contract'
import type { InstanceId } from '@mmcloud/domain'

/** The workers on our instances, as the engine sees them. */
export interface Fleet {
  /** The newest report of a worker that is connected now; absent while it is not. */
  report(instance: InstanceId): WorkerReport | undefined

  /** Waits until the worker is connected and has reported; rejects when `signal` aborts. */
  connected(instance: InstanceId, signal: AbortSignal): Promise<WorkerReport>

  /**
   * Asks a worker; waits for it to come back if the link is down, and asks again after a reconnect (requests are
   * idempotent). Rejects with `WorkerRefusedError` when the worker answered with an error, or when `signal` aborts.
   */
  ask<M extends WorkerMethod>(
    instance: InstanceId,
    method: M,
    params: WorkerParams<M>,
    signal: AbortSignal,
  ): Promise<WorkerResult<M>>
}

/** The worker did not do it, and says why in words for a person. What it was asked for did not happen. */
export class WorkerRefusedError extends Error {
  override readonly name = 'WorkerRefusedError'
  /** Where it changes what is done next. */
  readonly refusal: RefusalCause | undefined

  constructor(message: string, refusal?: RefusalCause) {
    super(message)
    this.refusal = refusal
  }
}
