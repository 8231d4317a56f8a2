import type { Checkpoint, Job, JobStatus, Offer } from '@mmcloud/domain'
import type { RecordsTransaction } from '../../ports/records/records.ts'
import { closeMoves } from '../../open-moves.ts'
import { jobOf, moveJob, patchJob } from '../../transitions.ts'
import type { StepContext } from '../../workflow/workflow.ts'
import type { Continued } from './continue.ts'
import { instanceOf, offerNumbers, targetOf } from './launch.ts'
import { ranOn } from './ran-on.ts'
import { recordMove } from './record-move.ts'

/** The program runs on the target: record where it is, how it got there and how long it stood still. */
export const settleOnTarget = (context: StepContext): Promise<void> =>
  context.deps.records.write(async (tx) => {
    const job = await jobOf(tx, context.jobId)
    const target = targetOf(context)
    if (job.residence.kind === 'running' && job.residence.instance === target) return
    const { continuation, phases } = context.outputs['continue'] as Continued
    const at = context.deps.clock.now()
    const { offer } = await instanceOf(tx, target)
    const numbers = { ...offerNumbers(offer), instance: target, ...phases }
    const here = {
      residence: { kind: 'running', instance: target },
      placementTries: 0,
      clear: [
        'placeAfter',
        'waitsForCapacity',
        'captureFailure',
        ...((await isOfOldSize(tx, job, offer)) ? [] : ['stuck' as const]),
      ],
    } as const
    // A wish that came meanwhile keeps its word; the planner sees to it next.
    const status = job.status === 'Cancelling' || job.status === 'Suspending' ? job.status : 'Executing'
    if (continuation.kind === 'start') {
      await settleStarted(tx, job, status, continuation, numbers, at, here)
    } else if (continuation.kind === 'restore') {
      const { seq: checkpoint, takenAt } = continuation.checkpoint
      const ranOn = await ranOnFrom(tx, job, continuation.checkpoint)
      const standStillMs = at - (ranOn?.lostAt ?? takenAt)
      const back = ranOn
        ? await moveJob(
            tx,
            job,
            job.status,
            'wentBack',
            { checkpoint, lostMs: ranOn.lostAt - ranOn.since },
            at,
          )
        : job
      await recordMove(tx, context, { job, standStillMs, checkpoint: continuation.checkpoint, phases, at })
      await moveJob(tx, back, status, 'restored', { ...numbers, standStillMs, checkpoint }, at, here)
    } else if (job.status === 'Starting') {
      // It was begun by an OpCenter that died before it could say so. Nothing ends well that never ran.
      await moveJob(tx, job, status, 'ranUnseen', { instance: target }, at, { ...here, startedAt: at })
    } else {
      // It ended before its instance went away: the worker ships its logs and reports the exit code, the planner ends it.
      await patchJob(tx, job, here, at)
    }
  })

/** What its rules wait for belongs to a size; on an instance of another they are judged anew. */
const isOfOldSize = async (tx: RecordsTransaction, job: Job, { cpu, memGB }: Offer): Promise<boolean> => {
  const before = (await ranOn(tx, job))?.offer
  return before?.cpu === cpu && before.memGB === memGB
}

/** From when to when (epoch ms) the program worked on from this checkpoint and was lost; nothing when the checkpoint ended it. */
const ranOnFrom = async (
  tx: RecordsTransaction,
  job: Job,
  { seq, kind, takenAt }: Checkpoint,
): Promise<{ readonly since: number; readonly lostAt: number } | undefined> => {
  const events = (await tx.events(job.id)).filter(({ at }) => at > takenAt)
  const restored = events.findLast(
    ({ reason, numbers }) => reason === 'restored' && numbers['checkpoint'] === seq,
  )
  const since = restored?.at ?? (kind === 'snapshot' ? takenAt : undefined)
  const lostAt = events.findLast(({ reason }) => reason === 'instanceDied' || reason === 'workerLost')?.at
  return since === undefined || lostAt === undefined ? undefined : { since, lostAt }
}

const settleStarted = async (
  tx: RecordsTransaction,
  job: Job,
  status: JobStatus,
  continuation: { readonly attempt: number; readonly again: boolean },
  numbers: Record<string, string | number>,
  at: number,
  here: Parameters<typeof moveJob>[6],
): Promise<void> => {
  const started = { ...here, attempt: continuation.attempt, startedAt: at }
  if (continuation.again) {
    await closeMoves(tx, job.id, 'no checkpoint was left; the program was begun anew', at)
    await moveJob(tx, job, status, 'startedOver', { ...numbers, attempt: continuation.attempt }, at, {
      ...started,
      executedMs: 0,
    })
  } else {
    await moveJob(tx, job, status, 'started', numbers, at, started)
  }
}
