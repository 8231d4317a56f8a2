import { type CaptureId, hasEnded } from '@mmcloud/domain'
import { WorkerRefusedError } from '../ports/fleet/fleet.ts'
import { jobOf, moveJob } from '../transitions.ts'
import { type StepContext, type Workflow, WorkflowFailure } from '../workflow/workflow.ts'
import { sourceOf } from './steps/capture.ts'
import { withInstance } from './steps/with-instance.ts'

/** Takes a checkpoint of a running job and lets it run on where it is. */
export const snapshotJob: Workflow = {
  name: 'snapshot',
  // No undo: a capture that failed has thawed the program by itself.
  steps: [{ name: 'capture', run: captureSnapshot }],
  undone: async (tx, job, failure, at) =>
    hasEnded(job.status) || job.status !== 'Capturing'
      ? job
      : moveJob(tx, job, 'Executing', 'captureFailed', { error: failure.message, tries: 1 }, at),
}

async function captureSnapshot(context: StepContext): Promise<void> {
  const { deps } = context
  const source = sourceOf(context)
  try {
    const checkpoint = await withInstance(context, source, (signal) =>
      deps.fleet.ask(
        source,
        'captureJob',
        { captureId: context.params['captureId'] as CaptureId, kind: 'snapshot' },
        signal,
      ),
    )
    await deps.records.write(async (tx) => {
      const job = await jobOf(tx, context.jobId)
      await tx.putCheckpoints(job.id, [
        ...(await tx.checkpoints(job.id)).filter((c) => c.seq !== checkpoint.seq),
        checkpoint,
      ])
      if (job.status !== 'Capturing') return
      const { seq, bytes, timings } = checkpoint
      // It ran on before all of it was durable.
      const standStillMs = timings.freezeMs + timings.dumpMs + timings.drainLogsMs + timings.diskSnapshotMs
      const numbers = { checkpoint: seq, bytes, standStillMs, ...timings }
      await moveJob(tx, job, 'Executing', 'snapshotTaken', numbers, deps.clock.now())
    })
  } catch (error) {
    if (error instanceof WorkerRefusedError) throw new WorkflowFailure('capture', error.message, error)
    throw error
  }
}
