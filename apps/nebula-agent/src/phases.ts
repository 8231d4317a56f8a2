import { TaskExecution_Phase as Phase } from './generated/flyteidl/core/execution.ts'

/** What the phase of a task follows from. */
export type Progress = {
  readonly status: string
  /** Absent until the program has ended by itself. */
  readonly rc?: string | undefined
  /** The engine has asked for its end. */
  readonly aborted: boolean
  /** Of one that failed: it says itself that another try may go better. */
  readonly recoverable?: boolean
}

/** With `retryable`, for engines from 1.16 on: what was not the task's own failure is said to be worth another try. */
export const phaseOf = ({ status, rc, aborted, recoverable }: Progress, retryable: boolean): Phase => {
  switch (status) {
    case 'Submitted':
      return Phase.QUEUED
    case 'Initializing':
      return Phase.WAITING_FOR_RESOURCES
    case 'Starting':
      return Phase.INITIALIZING
    case 'Executing':
    case 'Capturing':
    case 'Floating':
    case 'Suspending':
    case 'Suspended':
    case 'Resuming':
      return Phase.RUNNING
    case 'Completed':
      return Phase.SUCCEEDED
    case 'Cancelling':
      return aborted ? Phase.ABORTED : Phase.RUNNING
    case 'Cancelled':
      return aborted ? Phase.ABORTED : Phase.FAILED
    case 'FailToComplete':
      return retryable && (rc === undefined || recoverable) ? Phase.RETRYABLE_FAILED : Phase.FAILED
    case 'FailToExecute':
    case 'CheckpointFailed':
    case 'Timedout':
    case 'NoAvailableHost':
      return retryable ? Phase.RETRYABLE_FAILED : Phase.FAILED
    case 'WaitingForLicense':
    case 'Unknown':
      return Phase.FAILED
    default:
      // A word of a newer OpCenter: its jobs are not for an older agent to end.
      return Phase.RUNNING
  }
}
