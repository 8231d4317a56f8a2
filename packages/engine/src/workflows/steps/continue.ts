import type { ContainerSpec } from '@mmcloud/contract'
import {
  type Checkpoint,
  chooseContinuation,
  type Continuation,
  DAMAGED_COUNTS,
  type Job,
  mergeCheckpoints,
} from '@mmcloud/domain'
import { WorkerRefusedError } from '../../ports/fleet/fleet.ts'
import { jobOf, moveJob, patchJob } from '../../transitions.ts'
import { type StepContext, WorkflowFailure } from '../../workflow/workflow.ts'
import type { AttachedVolumes } from './attach.ts'
import { targetOf } from './launch.ts'
import { withInstance } from './with-instance.ts'

export type Continued = {
  readonly continuation: Continuation
  /** Milliseconds of each phase on the worker. */
  readonly phases: Readonly<Record<string, number>>
}

/**
 * Mounts the volumes on the target, reads what lies on them, and starts the program or lets it go on. Throws `start`,
 * `restore`, `checkpointsFailed` or `lostForGood`; a failed restore is remembered, so that the next try, on another
 * instance, may give that checkpoint up.
 */
export const continueJob = async (context: StepContext): Promise<Continued> => {
  const { deps } = context
  const target = targetOf(context)
  const attached = context.outputs['attach'] as AttachedVolumes
  const job = await deps.records.read((view) => jobOf(view, context.jobId))
  const inventory = await withInstance(context, target, (signal) =>
    deps.fleet.ask(
      target,
      'mountVolumes',
      { jobId: job.id, attempt: job.attempt, epoch: attached.epoch, volumes: [...attached.volumes] },
      signal,
    ),
  )
  const known = await deps.records.read((view) => view.checkpoints(job.id))
  // exactOptionalPropertyTypes: zod writes an absent key as undefined.
  const exit = inventory.exit
  const found = { checkpoints: inventory.checkpoints, ...(exit ? { exit } : {}) }
  const continuation = chooseContinuation(job, found, known)
  await rememberCheckpoints(context, mergeCheckpoints(inventory.checkpoints, known))
  switch (continuation.kind) {
    case 'exited':
      return { continuation, phases: {} }
    case 'checkpointsFailed':
      throw new WorkflowFailure(
        'checkpointsFailed',
        known.map((c) => `checkpoint ${c.seq}: ${c.failedRestores ?? 0} failed restores`).join('; '),
      )
    case 'lost':
      throw new WorkflowFailure('lostForGood', 'no checkpoint to go back to, and it may not be run again')
    case 'start':
      return { continuation, phases: await start(context, job, continuation) }
    case 'restore':
      return { continuation, phases: await restore(context, job, continuation.checkpoint) }
  }
}

const start = async (
  context: StepContext,
  job: Job,
  continuation: Extract<Continuation, { kind: 'start' }>,
): Promise<Record<string, number>> => {
  const { deps } = context
  const target = targetOf(context)
  await rememberAttempt(context, continuation)
  await tellPreparing(context)
  try {
    return await withInstance(context, target, (signal) =>
      deps.fleet.ask(
        target,
        'startJob',
        { jobId: job.id, attempt: continuation.attempt, spec: containerSpec(job) },
        signal,
      ),
    )
  } catch (error) {
    if (!(error instanceof WorkerRefusedError)) throw error
    throw new WorkflowFailure(error.refusal === 'image' ? 'image' : 'start', error.message, error)
  }
}

const restore = async (
  context: StepContext,
  job: Job,
  checkpoint: Checkpoint,
): Promise<Record<string, number>> => {
  const { deps } = context
  const target = targetOf(context)
  try {
    return await withInstance(context, target, (signal) =>
      deps.fleet.ask(
        target,
        'restoreJob',
        { jobId: job.id, attempt: job.attempt, seq: checkpoint.seq, spec: containerSpec(job) },
        signal,
      ),
    )
  } catch (error) {
    if (!(error instanceof WorkerRefusedError)) throw error
    // An image that cannot be fetched now, or a full machine, says nothing about the checkpoint.
    if (error.refusal === 'image') throw new WorkflowFailure('image', error.message, error)
    if (error.refusal !== undefined)
      await countFailedRestore(context, checkpoint.seq, error.refusal === 'damaged' ? DAMAGED_COUNTS : 1)
    throw new WorkflowFailure('restore', `checkpoint ${checkpoint.seq}: ${error.message}`, error)
  }
}

const containerSpec = (job: Job): ContainerSpec => ({
  name: job.spec.name,
  user: job.user,
  image: { source: job.spec.image.source, digest: job.spec.image.digest },
  ...(job.spec.script === undefined ? {} : { script: job.spec.script }),
  env: { ...job.spec.env },
  ...(job.spec.migrateDisabled ? { neverSaved: true } : {}),
  publish: job.spec.publish.map((mapping) => ({ ...mapping })),
  ...(job.spec.userNumber === undefined ? {} : { userNumber: job.spec.userNumber }),
  ...(job.spec.asRoot ? { asRoot: true } : {}),
  ...(job.spec.dirMaps ? { dirMaps: job.spec.dirMaps.map((map) => ({ ...map })) } : {}),
  ...(job.spec.shmBytes === undefined ? {} : { shmBytes: job.spec.shmBytes }),
  ...(job.spec.workdir === undefined ? {} : { workdir: job.spec.workdir }),
  ...(job.spec.hostInit === undefined ? {} : { hostInit: job.spec.hostInit }),
  ...(job.spec.mounts ? { mounts: [...job.spec.mounts] } : {}),
})

/** Before it runs: a crash from here on must find this attempt's checkpoints and exit, not look for the one before. */
const rememberAttempt = (
  { deps, jobId }: StepContext,
  { again, attempt }: Extract<Continuation, { kind: 'start' }>,
): Promise<unknown> =>
  deps.records.write(async (tx) => {
    const job = await jobOf(tx, jobId)
    if (again && job.attempt !== attempt)
      await patchJob(tx, job, { attempt, executedMs: 0, clear: ['startedAt'] }, deps.clock.now())
  })

const tellPreparing = (context: StepContext): Promise<unknown> =>
  context.deps.records.write(async (tx) => {
    const job = await jobOf(tx, context.jobId)
    if (job.status !== 'Starting') return
    await moveJob(tx, job, 'Starting', 'preparing', { image: job.spec.image.name }, context.deps.clock.now())
  })

const rememberCheckpoints = (
  { deps, jobId }: StepContext,
  checkpoints: readonly Checkpoint[],
): Promise<void> => deps.records.write((tx) => tx.putCheckpoints(jobId, checkpoints))

const countFailedRestore = ({ deps, jobId }: StepContext, seq: number, weight: number): Promise<void> =>
  deps.records.write(async (tx) => {
    const checkpoints = await tx.checkpoints(jobId)
    await tx.putCheckpoints(
      jobId,
      checkpoints.map((c) =>
        c.seq === seq ? { ...c, failedRestores: (c.failedRestores ?? 0) + weight } : c,
      ),
    )
  })
