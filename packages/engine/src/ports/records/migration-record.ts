import type { WorkflowId } from '@mmcloud/domain'

/** One float of a job with its phases: the ledger's line. */
export type MigrationRecord = {
  readonly id: WorkflowId
  readonly trigger: 'reclaim' | 'manual' | 'drill' | 'lost' | 'resume'
  readonly from: string
  readonly to: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly bytes?: number
  readonly standStillMs?: number
  readonly phases: Readonly<Record<string, number>>
  readonly outcome: 'underway' | 'done' | 'undone'
}
