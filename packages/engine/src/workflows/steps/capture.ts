import type { Checkpoint, CaptureId, InstanceId } from '@mmcloud/domain'
import { WorkerRefusedError } from '../../ports/fleet/fleet.ts'
import { jobOf, moveJob } from '../../transitions.ts'
import { type StepContext, WorkflowFailure } from '../../workflow/workflow.ts'
import { withInstance } from './with-instance.ts'

export type Captured =
  | { readonly kind: 'saved'; readonly checkpoint: Checkpoint }
  /** The instance died first: whatever lies on the volume is what there is. */
  | { readonly kind: 'gone' }

export const sourceOf = (context: StepContext): InstanceId => context.params['source'] as InstanceId

/**
 * Freezes and dumps the program and ends it. On a reclaim the worker has begun by itself, and answers with what it has.
 * Throws `capture` when it could not be saved and runs on, `ended` when it had ended by itself.
 */
export const captureMove = async (context: StepContext): Promise<Captured> => {
  const { deps } = context
  const source = sourceOf(context)
  const captureId = context.params['captureId'] as CaptureId
  try {
    const checkpoint = await withInstance(context, source, (signal) =>
      deps.fleet.ask(source, 'captureJob', { captureId, kind: 'move' }, signal),
    )
    return { kind: 'saved', checkpoint }
  } catch (error) {
    if (error instanceof WorkflowFailure && error.kind === 'lost') return { kind: 'gone' }
    if (error instanceof WorkerRefusedError) {
      const ended = deps.fleet.report(source)?.job?.phase === 'exited'
      throw new WorkflowFailure(ended ? 'ended' : 'capture', error.message, error)
    }
    throw error
  }
}

/** The point of no return: from here on no copy runs, and the job's state is what lies on its volumes. */
export const recordSaved = (context: StepContext): Promise<void> =>
  context.deps.records.write(async (tx) => {
    const job = await jobOf(tx, context.jobId)
    if (job.residence.kind === 'saved') return
    const captured = context.outputs['capture'] as Captured
    const at = context.deps.clock.now()
    const residence = { residence: { kind: 'saved' }, clear: ['placeAfter', 'captureFailure'] } as const
    const failedTries = job.captureFailure ? { failedTries: job.captureFailure.tries } : {}
    const status = job.status === 'Executing' ? 'Floating' : job.status
    if (captured.kind === 'gone') {
      await moveJob(
        tx,
        job,
        status,
        'instanceDied',
        { instance: sourceOf(context), ...failedTries },
        at,
        residence,
      )
      return
    }
    const { checkpoint } = captured
    await tx.putCheckpoints(job.id, [
      ...(await tx.checkpoints(job.id)).filter((c) => c.seq !== checkpoint.seq),
      checkpoint,
    ])
    const { bytes, timings } = checkpoint
    await moveJob(
      tx,
      job,
      status,
      'saved',
      { checkpoint: checkpoint.seq, bytes, snapshotMs: timings.diskSnapshotMs, ...timings, ...failedTries },
      at,
      residence,
    )
  })
