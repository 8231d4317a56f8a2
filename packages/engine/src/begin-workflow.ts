import { type Job, newWorkflowId } from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'
import type { RecordsTransaction } from './ports/records/records.ts'
import { patchJob } from './transitions.ts'

/** The operations there are; the job reconciler carries them out. */
export type WorkflowName = 'place' | 'float' | 'snapshot' | 'end'

/**
 * Records that a workflow is under way for a job, and takes the job for it: a second one is refused by
 * `job.workflow`. The reconciler picks it up from the records, now or after a restart.
 */
export const beginWorkflow = async (
  deps: EngineDeps,
  tx: RecordsTransaction,
  job: Job,
  name: WorkflowName,
  params: Readonly<Record<string, unknown>>,
): Promise<Job> => {
  if (job.workflow !== undefined) throw new Error(`job ${job.id} already has workflow ${job.workflow}`)
  const at = deps.clock.now()
  const id = newWorkflowId(deps.random)
  await tx.insertWorkflow({
    id,
    name,
    jobId: job.id,
    params,
    outputs: {},
    direction: 'forward',
    next: 0,
    startedAt: at,
    version: 1,
  })
  return patchJob(tx, job, { workflow: id }, at)
}
