import type { JobId, WorkflowId } from '@mmcloud/domain'
import type { MigrationRecord } from './ports/records/migration-record.ts'
import type { RecordsTransaction, RecordsView } from './ports/records/records.ts'

/**
 * The ledger's line of what this workflow carries on: its own, or for the placement of a job that was saved first the newest
 * that is not over.
 */
export const openMove = async (
  view: Pick<RecordsView, 'migrations'>,
  job: JobId,
  workflow: WorkflowId,
): Promise<MigrationRecord | undefined> => {
  const open = (await view.migrations(job)).filter(({ outcome }) => outcome === 'underway')
  return open.find(({ id }) => id === workflow) ?? open.at(-1)
}

/** No line stays open for good: the job has ended, or its program was begun anew. */
export const closeMoves = async (
  tx: RecordsTransaction,
  job: JobId,
  undoneBecause: string,
  endedAt: number,
): Promise<void> => {
  for (const move of await tx.migrations(job))
    if (move.outcome === 'underway')
      await tx.putMigration(job, { ...move, endedAt, outcome: 'undone', undoneBecause })
}
