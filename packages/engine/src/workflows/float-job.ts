import { hasEnded, type Job } from '@mmcloud/domain'
import type { RecordsTransaction } from '../ports/records/records.ts'
import { stuckAgain } from '../stuck-again.ts'
import { type JobPatch, jobOf, moveJob, patchJob } from '../transitions.ts'
import type { Failure, StepContext, Workflow } from '../workflow/workflow.ts'
import { placementUndone } from './place-job.ts'
import { attachVolumes } from './steps/attach.ts'
import { type Captured, captureMove, recordSaved, sourceOf } from './steps/capture.ts'
import { continueJob } from './steps/continue.ts'
import { awaitTarget, awaitTargetInTime, launchTarget, targetOf } from './steps/launch.ts'
import { releaseInstance, retireInstance } from './steps/retire.ts'
import { settleOnTarget } from './steps/settle.ts'
import { terminateHost } from './steps/terminate-host.ts'

/**
 * Moves a running job: saves it on its instance and, unless it is to rest, lets it go on on another.
 *
 * The program works on while its target boots. A planned move waits for that; a reclaim does only as long as the worker
 * could still save in time, and without a target, or capacity for one, the job is saved all the same and placed later.
 * `recordSaved` is the point of no return: before it an undo leaves the job running at the source, after it an undo
 * only takes the target away and leaves the job saved.
 */
export const floatJob: Workflow = {
  name: 'float',
  forwardFrom: 'settle',
  steps: [
    {
      name: 'launch',
      run: launchUnlessResting,
      undo: (context) => retireInstance(context.deps, targetOf(context), context.signal),
    },
    // No undo below: the target is retired as a whole, and a capture that failed has thawed the program by itself.
    {
      name: 'awaitTargetFirst',
      run: async (context) => {
        if (!hasTarget(context)) return null
        return isPlanned(context) ? awaitTarget(context) : awaitTargetInTime(context)
      },
    },
    { name: 'capture', run: captureMove },
    { name: 'recordSaved', run: recordSaved },
    { name: 'release', run: releaseSource },
    { name: 'awaitTarget', run: async (context) => (hasTarget(context) ? awaitTarget(context) : null) },
    { name: 'attach', run: async (context) => (hasTarget(context) ? attachVolumes(context) : null) },
    { name: 'continue', run: async (context) => (hasTarget(context) ? continueJob(context) : null) },
    {
      name: 'settle',
      run: async (context) => (hasTarget(context) ? settleOnTarget(context) : settleResting(context)),
    },
    {
      name: 'retireSource',
      run: async (context) => {
        await terminateHost(context, sourceOf(context))
        await retireInstance(context.deps, sourceOf(context), context.signal)
      },
    },
  ],
  undone: floatUndone,
}

/** Nobody takes the source away meanwhile. */
const isPlanned = ({ params }: StepContext): boolean =>
  params['trigger'] !== 'reclaim' && params['trigger'] !== 'drill'
const rests = (context: StepContext): boolean => context.params['afterwards'] === 'rest'
const hasTarget = (context: StepContext): boolean => context.outputs['launch'] != null

/** Nothing is rented for a job that could not be saved before: it is placed when it is. */
async function launchUnlessResting(context: StepContext): Promise<unknown> {
  if (rests(context) || context.params['saveFirst'] === true) return null
  try {
    return await launchTarget(context)
  } catch (error) {
    // A cloud that does not answer is no reason either to leave a program on an instance that will be taken.
    if (isPlanned(context) || context.signal.aborted) throw error
    context.deps.log.warn(
      { job: context.jobId, err: error },
      'no target yet; the job is saved first and placed later',
    )
    return null
  }
}

/** A worker that died with its instance is not waited for. */
function releaseSource(context: StepContext): Promise<void> {
  const captured = context.outputs['capture'] as Captured
  const release = captured.kind === 'gone' ? retireInstance : releaseInstance
  return release(context.deps, sourceOf(context), context.signal)
}

/** Saved, and nowhere to go on now: `Suspended` if that was wanted, else `Floating` until the planner places it. */
const settleResting = (context: StepContext): Promise<void> =>
  context.deps.records.write(async (tx) => {
    const job = await jobOf(tx, context.jobId)
    if (job.wanted !== 'suspended' || job.status === 'Suspended') return
    const checkpoint = (await tx.checkpoints(job.id)).at(-1)?.seq ?? 0
    await moveJob(tx, job, 'Suspended', 'suspended', { checkpoint }, context.deps.clock.now())
  })

/** Not before this is a move tried again that failed for another reason than the program's capture. */
const RETRY_MS = 2000
/** A failed capture is tried again after 2, 4, 8 … s, at most this: a worker whose time runs out saves by itself. */
const MAX_RECAPTURE_MS = 15_000

async function floatUndone(
  tx: RecordsTransaction,
  job: Job,
  failure: Failure,
  at: number,
  params: StepContext['params'],
): Promise<Job> {
  const underway = (await tx.migrations(job.id)).find(
    ({ id, outcome }) => id === job.workflow && outcome === 'underway',
  )
  if (job.residence.kind === 'saved') return placementUndone(tx, job, failure, at)
  if (underway)
    await tx.putMigration(job.id, {
      ...underway,
      endedAt: at,
      outcome: 'undone',
      undoneBecause: failure.message,
    })
  if (hasEnded(job.status) || job.status === 'Cancelling') return job
  const wish =
    job.wanted === 'suspended' && failure.kind !== 'aborted' ? ({ wanted: 'running' } as const) : {}
  const numbers = { error: failure.message }
  const sizeBefore = (params['sizeBefore'] ?? undefined) as Job['moveTo']
  const size: JobPatch = sizeBefore ? { moveTo: sizeBefore } : { clear: ['moveTo'] }
  // The planner hears of its end from the worker and tells it.
  if (failure.kind === 'ended') return patchJob(tx, job, size, at)
  if (failure.kind === 'capture') return notSaved(tx, job, failure, at, { ...wish, ...size })
  // The size that its policy asked for is not to be had after all: it is looked for less and less often.
  const stuck = underway?.rule ? { stuck: stuckAgain(job.stuck, underway.rule, 'noOffer', at) } : {}
  // Whether the program was saved before this failed, only the worker knows: the planner asks it and carries on.
  const patch: JobPatch = { ...wish, ...size, ...stuck, placeAfter: at + RETRY_MS }
  return moveJob(tx, job, job.status, 'migrationUndone', numbers, at, patch)
}

/** Every failed save is counted; it is told when it is the first of its cause. */
const notSaved = (
  tx: RecordsTransaction,
  job: Job,
  failure: Failure,
  at: number,
  wish: JobPatch,
): Promise<Job> => {
  const tries = (job.captureFailure?.tries ?? 0) + 1
  const patch: JobPatch = {
    ...wish,
    placeAfter: at + Math.min(MAX_RECAPTURE_MS, 1000 * 2 ** tries),
    captureFailure: { error: failure.message, tries },
  }
  const told = job.captureFailure && causeOf(job.captureFailure.error) === causeOf(failure.message)
  if (told && job.status === 'Executing') return patchJob(tx, job, patch, at)
  return moveJob(tx, job, 'Executing', 'captureFailed', { error: failure.message, tries }, at, patch)
}

/** Process ids, sizes and times differ from try to try. */
const causeOf = (error: string): string => error.replaceAll(/\d+/g, '#')
