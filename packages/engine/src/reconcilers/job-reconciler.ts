import {
  type Job,
  type JobDecision,
  type JobWorld,
  newInstanceId,
  planDrain,
  planJob,
  type Reason,
  type ReasonNumbers,
  type WorkerView,
} from '@mmcloud/domain'
import { beginFloat } from '../begin-float.ts'
import { beginWorkflow } from '../begin-workflow.ts'
import type { EngineDeps } from '../engine-deps.ts'
import type { CloudInstance } from '../ports/provider/provider.ts'
import { type RecordsTransaction, StaleWriteError } from '../ports/records/records.ts'
import { jobOf, moveJob, patchJob } from '../transitions.ts'
import { allowBrake } from './allow-brake.ts'
import { FreedRoom } from './freed-room.ts'
import type { Reconciler, ReconcileReport } from './reconciler.ts'

/**
 * Looks at every job that has not ended, asks the planner, and does the one thing it says. Workflows it begins are only
 * recorded here; `WorkflowRuns` carries them out.
 */
export const createJobReconciler = (deps: EngineDeps, isDraining: () => boolean): Reconciler => {
  const freed = new FreedRoom(deps)
  return {
    name: 'jobs',
    activate: async (signal): Promise<ReconcileReport> => {
      // The cloud is asked before the records: an instance launched in between is in the records but not yet judged.
      const cloud = await askCloud(deps, signal)
      const jobs = await deps.records.read((view) => view.jobs({ live: true }))
      const next = await freed.nextFor(cloud, jobs, signal)
      let acted = 0
      for (const job of jobs) {
        signal.throwIfAborted()
        try {
          const world = { ...(await worldOf(deps, job, cloud)), ...(job.id === next ? ROOM : {}) }
          const decision = isDraining() ? planDrain(world) : planJob(world)
          allowBrake(deps, world, signal)
          if (decision.do === 'nothing') continue
          await act(deps, job, decision)
          acted += 1
        } catch (error) {
          // Somebody changed the job meanwhile: the decision is void, the next look will see what is now.
          if (!(error instanceof StaleWriteError))
            deps.log.error({ job: job.id, err: error }, 'the job could not be looked after')
        }
      }
      return { looked: jobs.length, acted }
    },
  }
}

const ROOM = { roomCameFree: true } as const

const askCloud = async (
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<readonly CloudInstance[] | undefined> => {
  try {
    return await deps.provider.list(signal)
  } catch (error) {
    signal.throwIfAborted()
    deps.log.warn(
      { err: error },
      'the provider could not be asked for its instances; nothing is concluded from that',
    )
    return undefined
  }
}

const worldOf = async (
  deps: EngineDeps,
  job: Job,
  cloud: readonly CloudInstance[] | undefined,
): Promise<JobWorld> => {
  const now = deps.clock.now()
  if (job.residence.kind !== 'running') return { job, cloud: 'unknown', now }
  const id = job.residence.instance
  const instance = await deps.records.read((view) => view.instance(id))
  const exists = cloud?.some((candidate) => candidate.id === id)
  const worker = workerView(deps, job)
  return {
    job,
    ...(instance ? { instance } : {}),
    cloud: exists === undefined ? 'unknown' : exists ? 'exists' : 'gone',
    ...(worker ? { worker } : {}),
    now,
  }
}

const workerView = (deps: EngineDeps, job: Job): WorkerView | undefined => {
  if (job.residence.kind !== 'running') return undefined
  const report = deps.fleet.report(job.residence.instance)
  if (!report) return undefined
  return {
    phase: report.job?.phase ?? 'idle',
    logsShipped: report.job?.logsShipped ?? true,
    ...(report.job?.exitCode === undefined ? {} : { exitCode: report.job.exitCode }),
    ...(report.job?.outOfMemoryMiB === undefined ? {} : { outOfMemoryMiB: report.job.outOfMemoryMiB }),
    ...(report.job?.error === undefined ? {} : { error: report.job.error }),
    ...(report.interruptionAt === undefined ? {} : { interruptionAt: report.interruptionAt }),
  }
}

const act = (deps: EngineDeps, seen: Job, decision: JobDecision): Promise<Job> =>
  deps.records.write(async (tx) => {
    const job = await jobOf(tx, seen.id)
    if (job.version !== seen.version)
      throw new StaleWriteError(`job ${job.id} has changed since it was looked at`)
    const at = deps.clock.now()
    switch (decision.do) {
      case 'nothing':
        return job
      case 'place':
        return beginWorkflow(deps, tx, job, 'place', { target: newInstanceId(deps.random) })
      case 'float': {
        const numbers = { instance: hostOf(job), noticeSeconds: decision.noticeSeconds }
        const floating = await tellOnce(tx, job, 'reclaimNotice', numbers, at)
        const trigger = (await wasDrilled(tx, job)) ? 'drill' : 'reclaim'
        const afterwards = job.wanted === 'suspended' ? 'rest' : 'run'
        return beginFloat(deps, tx, floating, {
          trigger,
          reason: 'reclaimNotice',
          numbers,
          afterwards,
          saveFirst: job.captureFailure !== undefined,
        })
      }
      case 'drain':
        return saveToRest(
          deps,
          tx,
          await tellOnce(tx, job, 'openCenterStopping', {}, at),
          'openCenterStopping',
          {},
        )
      case 'carryOn':
        return moveJob(tx, job, 'Executing', 'carriesOn', { instance: hostOf(job) }, at)
      case 'suspend':
        return job.residence.kind === 'running'
          ? saveToRest(deps, tx, job, 'suspendAsked', { user: job.wantedBy })
          : moveJob(
              tx,
              job,
              'Suspended',
              'suspended',
              { checkpoint: (await tx.checkpoints(job.id)).at(-1)?.seq ?? 0 },
              at,
            )
      case 'declareLost': {
        const status = job.status === 'Executing' ? 'Floating' : job.status
        const numbers = { instance: hostOf(job), error: decision.error }
        return moveJob(tx, job, status, decision.why, numbers, at, {
          residence: { kind: 'saved' },
          clear: ['placeAfter', 'captureFailure'],
        })
      }
      case 'reachTimeLimit':
        return patchJob(tx, job, { wanted: 'timedout', wantedBy: 'timeLimit' }, at)
      case 'end': {
        const { do: _do, ...params } = decision
        return beginWorkflow(deps, tx, job, 'end', params)
      }
    }
  })

/** What else may have asked for the save that failed last. */
const ASKS = new Set<Reason>([
  'reclaimNotice',
  'openCenterStopping',
  'drillAsked',
  'migrateAsked',
  'suspendAsked',
  'snapshotAsked',
])

/** A save that is tried again for the same reason is not told again, and the job stays `Executing` meanwhile. */
const tellOnce = async (
  tx: RecordsTransaction,
  job: Job,
  reason: 'reclaimNotice' | 'openCenterStopping',
  numbers: ReasonNumbers,
  at: number,
): Promise<Job> => {
  const lastAsked = (await tx.events(job.id)).findLast((event) => ASKS.has(event.reason))?.reason
  if (job.captureFailure !== undefined && lastAsked === reason) return job
  const status = job.status === 'Executing' ? 'Floating' : job.status
  return moveJob(tx, job, status, reason, numbers, at)
}

/** Saves the job where it is; nothing is rented for it. */
const saveToRest = (
  deps: EngineDeps,
  tx: RecordsTransaction,
  job: Job,
  reason: Reason,
  numbers: ReasonNumbers,
): Promise<Job> => beginFloat(deps, tx, job, { trigger: 'manual', reason, numbers, afterwards: 'rest' })

/** A person has asked for the reclaim of this very instance. */
const wasDrilled = async (tx: RecordsTransaction, job: Job): Promise<boolean> =>
  (await tx.events(job.id)).some(
    ({ reason, numbers }) => reason === 'drillAsked' && numbers['instance'] === hostOf(job),
  )

/** The instance it runs on; nothing for a job that runs nowhere. */
const hostOf = (job: Job): string => (job.residence.kind === 'running' ? job.residence.instance : '')
