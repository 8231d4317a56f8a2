import { hasEnded, type Job, mayFollow, needSentence, type Reason } from '@mmcloud/domain'
import type { RecordsTransaction } from '../ports/records/records.ts'
import { moveJob, patchJob } from '../transitions.ts'
import type { Failure, Workflow } from '../workflow/workflow.ts'
import { goBack } from './go-back.ts'
import { attachVolumes } from './steps/attach.ts'
import { continueJob } from './steps/continue.ts'
import { awaitTarget, launchTarget, needOf, targetOf } from './steps/launch.ts'
import { retireInstance } from './steps/retire.ts'
import { settleOnTarget } from './steps/settle.ts'

/** Brings a job of which no copy runs onto an instance: its first start, a resume, and going on after a loss. */
export const placeJob: Workflow = {
  name: 'place',
  forwardFrom: 'settle',
  steps: [
    {
      name: 'launch',
      run: launchTarget,
      undo: (context) => retireInstance(context.deps, targetOf(context), context.signal),
    },
    // No undo below: retiring the target ends whatever runs there and frees what it held.
    { name: 'awaitTarget', run: awaitTarget },
    { name: 'attach', run: attachVolumes },
    { name: 'continue', run: continueJob },
    { name: 'settle', run: settleOnTarget },
  ],
  undone: (tx, job, failure, at) => placementUndone(tx, job, failure, at),
}

/** A try that failed for another reason than capacity is repeated soon: 1, 2, 4 … s, at most this. */
const MAX_BACKOFF_MS = 30_000

/** What becomes of a job whose placement was undone. A saved job waits for ever; one with nothing to lose gives up. */
export const placementUndone = async (
  tx: RecordsTransaction,
  job: Job,
  failure: Failure,
  at: number,
): Promise<Job> => {
  if (hasEnded(job.status) || job.status === 'Cancelling') return job
  switch (failure.kind) {
    case 'aborted':
      return patchJob(tx, job, { clear: ['placeAfter'] }, at)
    case 'start':
      return moveJob(
        tx,
        job,
        mayFollow(job.status, 'FailToExecute') ? 'FailToExecute' : 'FailToComplete',
        'startFailed',
        { error: failure.message },
        at,
      )
    case 'checkpointsFailed':
      return moveJob(tx, job, 'CheckpointFailed', 'noCheckpointLeft', { error: failure.message }, at)
    case 'lostForGood':
      return moveJob(tx, job, 'FailToComplete', 'lostForGood', {}, at)
    case 'capacity':
      return withoutCapacity(tx, job, failure, at)
    default:
      return tryAgainSoon(tx, job, failure, at)
  }
}

/** A try before its time, because an instance had gone, costs the job nothing when others were faster. */
const withoutCapacity = async (
  tx: RecordsTransaction,
  job: Job,
  failure: Failure,
  at: number,
): Promise<Job> => {
  if (job.waitsForCapacity && job.placeAfter !== undefined && at < job.placeAfter) return job
  const back = job.residence.kind === 'saved' && (await goBack(tx, job, failure, at))
  if (back) return back
  const { retryLimit, retryIntervalSeconds } = job.spec.vmPolicy
  const tries = job.placementTries + 1
  const wanted = needSentence(needOf(job), job.spec.vmPolicy)
  const wait = {
    placementTries: tries,
    placeAfter: at + retryIntervalSeconds * 1000,
    waitsForCapacity: true,
  } as const
  const numbers = {
    wanted,
    tried: failure.message,
    try: tries,
    limit: retryLimit,
    retrySeconds: retryIntervalSeconds,
  }
  if (job.residence.kind === 'saved')
    return moveJob(tx, job, job.status, 'waitingForCapacity', numbers, at, wait)
  if (tries > retryLimit) {
    return moveJob(
      tx,
      job,
      'NoAvailableHost',
      'retriesUsedUp',
      { tries, tried: failure.message, wanted },
      at,
      { placementTries: tries },
    )
  }
  return moveJob(tx, job, 'Submitted', 'noCapacity', numbers, at, wait)
}

const TRIED_AGAIN: Partial<Record<Failure['kind'], Reason>> = {
  restore: 'restoreFailed',
  image: 'imageFailed',
}

const tryAgainSoon = (tx: RecordsTransaction, job: Job, failure: Failure, at: number): Promise<Job> => {
  const tries = job.placementTries + 1
  const wait = {
    placementTries: tries,
    placeAfter: at + Math.min(MAX_BACKOFF_MS, 1000 * 2 ** (tries - 1)),
    clear: ['waitsForCapacity'],
  } as const
  const reason = TRIED_AGAIN[failure.kind] ?? 'launchFailed'
  const numbers = { error: failure.message, try: tries }
  if (job.residence.kind === 'saved') return moveJob(tx, job, job.status, reason, numbers, at, wait)
  if (tries > job.spec.vmPolicy.retryLimit) {
    return failure.kind === 'image'
      ? moveJob(tx, job, 'FailToExecute', 'startFailed', { error: failure.message }, at)
      : moveJob(tx, job, 'NoAvailableHost', 'retriesUsedUp', { tries, tried: failure.message }, at)
  }
  return moveJob(tx, job, 'Submitted', reason, numbers, at, wait)
}
