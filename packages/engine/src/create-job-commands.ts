import {
  boundsOf,
  fitsSize,
  hasEnded,
  type Job,
  type JobAction,
  type JobId,
  may,
  needSentence,
  newCaptureId,
  newJobId,
  notFound,
  rangeText,
  UserError,
} from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'
import type { ChangedSpec, JobCommands, SubmitOnce } from './job-commands.ts'
import { gatewayPort, sameGatewayPorts } from './gateway-ports.ts'
import { moveNeed, targetSentence, typed } from './move-target.ts'
import type { RecordsTransaction, RecordsView } from './ports/records/records.ts'
import { beginFloat } from './begin-float.ts'
import { takeDisks } from './kept-disks.ts'
import { beginWorkflow } from './begin-workflow.ts'
import { refuseStatus, refuseUnless, refuseWhenNothingFits } from './refusals.ts'
import { moveJob } from './transitions.ts'

/** What the commands need of the running engine. */
export type EngineHands = {
  /** Look at this job now. */
  readonly nudge: (job: JobId) => void
  /** Give up what is under way for this job: its wishes have changed. */
  readonly abandon: (job: JobId) => void
  /** Have gateways lead where the records say. */
  readonly openDoors: () => Promise<void>
}

/** What is left of an operation once its job has settled: an instance to give back, volumes to delete. */
const TIDYING_MS = 30_000
const LOOK_AGAIN_MS = 50
const NEVER = new AbortController().signal

export const createJobCommands = (deps: EngineDeps, hands: EngineHands): JobCommands => {
  const change = async (
    id: JobId,
    work: (tx: RecordsTransaction, job: Job, at: number) => Promise<Job>,
  ): Promise<Job> => {
    const job = await deps.records.write(async (tx) => {
      const found = await tx.job(id)
      if (!found) throw notFound(`job ${id}`)
      return work(tx, found, deps.clock.now())
    })
    hands.nudge(id)
    return job
  }
  /** The job, once what was done with it before has been tidied up: who saw it settle may ask for the next thing. */
  const settled = async (action: JobAction, id: JobId): Promise<Job> => {
    const until = deps.clock.now() + TIDYING_MS
    for (;;) {
      const job = await deps.records.read((view) => view.job(id))
      if (!job) throw notFound(`job ${id}`)
      if (job.workflow === undefined || !may(action, job.status) || deps.clock.now() >= until) {
        refuseUnless(action, job)
        return job
      }
      await deps.clock.sleep(LOOK_AGAIN_MS, NEVER)
    }
  }
  return {
    submit: async (spec, user, once) => {
      const need = boundsOf(spec)
      await refuseWhenNothingFits(deps, need, needSentence(need, spec.vmPolicy))
      const at = deps.clock.now()
      const job: Job = {
        id: once?.id ?? newJobId(deps.random),
        user,
        spec,
        ...(once?.requestDigest === undefined ? {} : { requestDigest: once.requestDigest }),
        status: 'Submitted',
        wanted: 'running',
        wantedBy: user,
        attempt: 1,
        residence: { kind: 'nowhere' },
        volumes: [],
        placementTries: 0,
        submittedAt: at,
        updatedAt: at,
        executedMs: 0,
        costUsd: 0,
        version: 1,
      }
      const made = await deps.records.write(async (tx) => {
        const before = once && (await tx.job(once.id))
        if (before) return sameRequest(before, once)
        const { gateway } = spec
        await tx.insertJob(
          gateway
            ? { ...job, gatewayPorts: [await gatewayPort(deps, tx, gateway.id, gateway.targetPort)] }
            : job,
        )
        await takeDisks(tx, job)
        const numbers = {
          cpu: rangeText(spec.cpu),
          memGB: rangeText(spec.memGB),
          policy: spec.vmPolicy.policy,
        }
        await tx.addEvent(job.id, { at, from: 'Submitted', to: 'Submitted', reason: 'submitted', numbers })
        return job
      })
      hands.nudge(made.id)
      if (spec.gateway) await hands.openDoors()
      return made
    },

    submitted: async (once) => {
      const before = await deps.records.read((view) => view.job(once.id))
      return before && sameRequest(before, once)
    },

    cancel: async (id, user) => {
      const job = await change(id, async (tx, found, at) => {
        if (hasEnded(found.status) || found.status === 'Cancelling') return found
        return moveJob(tx, found, 'Cancelling', 'cancelAsked', { user }, at, {
          wanted: 'cancelled',
          wantedBy: user,
        })
      })
      if (job.wanted === 'cancelled') hands.abandon(id)
      return job
    },

    suspend: async (id, user) => {
      const job = await change(id, (tx, found, at) => {
        refuseUnless('suspend', found)
        return moveJob(tx, found, 'Suspending', 'suspendAsked', { user }, at, {
          wanted: 'suspended',
          wantedBy: user,
        })
      })
      hands.abandon(id)
      return job
    },

    resume: async (id, user) => {
      await settled('resume', id)
      return change(id, (tx, found, at) => {
        refuseUnless('resume', found)
        return moveJob(tx, found, 'Resuming', 'resumeAsked', { user }, at, {
          wanted: 'running',
          wantedBy: user,
          clear: ['placeAfter'],
        })
      })
    },

    migrate: async (id, user, target) => {
      const numbers = { user, target: targetSentence(target) }
      const taken = await deps.records.read((view) => takenBefore(view, id, numbers, target.after))
      if (taken) return taken
      const job = await settled('migrate', id)
      const need = moveNeed(job, target)
      await refuseWhenNothingFits(deps, need, targetSentence(target))
      return change(id, async (tx, found, at) => {
        if (await takenBefore(tx, id, numbers, target.after)) return found
        refuseUnless('migrate', found)
        if (found.residence.kind !== 'running')
          throw new UserError('conflict', `job ${id} runs on no instance now; it cannot be moved`)
        const moving = await moveJob(tx, found, 'Floating', 'migrateAsked', numbers, at, { clear: ['stuck'] })
        return beginFloat(deps, tx, moving, {
          trigger: target.byJob ? 'program' : 'manual',
          reason: 'migrateAsked',
          numbers,
          afterwards: 'run',
          moveTo: { cpu: need.cpu, memGB: need.memGB, ...typed(need.instanceType) },
        })
      })
    },

    modify: async (id, user, { change: changed, bounds, told, byJob }) => {
      const before = bounds ? await settled('modify', id) : undefined
      if (before) {
        const spec = changed(before.spec)
        await refuseWhenNothingFits(deps, boundsOf(spec), needSentence(boundsOf(spec), spec.vmPolicy))
      }
      return change(id, async (tx, found, at) => {
        if (bounds) refuseUnless('modify', found)
        else refuseStatus('modify', found)
        const spec = changed(found.spec)
        const clear = bounds ? (['stuck', 'moveTo'] as const) : (['stuck'] as const)
        const numbers = { user, changes: told }
        const modified = await moveJob(tx, found, found.status, 'modified', numbers, at, { spec, clear })
        return bounds ? moveIfUnfit(deps, tx, modified, user, byJob ? 'program' : 'manual', at) : modified
      })
    },

    snapshot: async (id, user) => {
      await settled('snapshot', id)
      return change(id, async (tx, found, at) => {
        refuseUnless('snapshot', found)
        if (found.residence.kind !== 'running')
          throw new UserError('conflict', `job ${id} runs on no instance now`)
        const { instance } = found.residence
        const capturing = await moveJob(tx, found, 'Capturing', 'snapshotAsked', { user }, at)
        return beginWorkflow(deps, tx, capturing, 'snapshot', {
          source: instance,
          captureId: newCaptureId(deps.random),
        })
      })
    },

    rerun: async (id, user, changed) => {
      const before = await settled('rerun', id)
      if (changed) {
        const need = boundsOf(changed.spec)
        await refuseWhenNothingFits(deps, need, needSentence(need, changed.spec.vmPolicy))
      }
      await deps.logs.rotate(id, before.attempt)
      return change(id, async (tx, found, at) => {
        refuseUnless('rerun', found)
        const attempt = found.attempt + 1
        await tx.putCheckpoints(id, [])
        const job = changed ? await reconfigured(tx, found, changed, user, at) : found
        await takeDisks(tx, job)
        return moveJob(tx, job, 'Submitted', 'rerunAsked', { user, attempt }, at, {
          gatewayPorts: await sameGatewayPorts(deps, tx, job),
          wanted: 'running',
          wantedBy: user,
          attempt,
          residence: { kind: 'nowhere' },
          volumes: [],
          placementTries: 0,
          executedMs: 0,
          clear: ['exitCode', 'placeAfter', 'captureFailure', 'moveTo', 'stuck', 'startedAt', 'endedAt'],
        })
      })
    },

    drill: async (id, user, noticeSeconds) => {
      if (!deps.provider.reclaim)
        throw new UserError('notSupported', `provider ${deps.provider.name} cannot reclaim on request`)
      const { reclaim } = deps.provider
      const job = await deps.records.read((view) => view.job(id))
      if (!job) throw notFound(`job ${id}`)
      refuseUnless('drill', job)
      const instances = await deps.records.read((view) => view.instances({ job: id, live: true }))
      const instance = job.residence.kind === 'running' ? job.residence.instance : instances.at(-1)?.id
      if (!instance) throw new UserError('conflict', `job ${id} has no instance to take away`)
      await change(id, (tx, found, at) =>
        moveJob(tx, found, found.status, 'drillAsked', { user, noticeSeconds, instance }, at),
      )
      await reclaim.call(deps.provider, instance, noticeSeconds, AbortSignal.timeout(10_000))
      return job
    },
  }
}

/** What was made under this key, if it was asked for with the same words. */
const sameRequest = (before: Job, { requestDigest }: SubmitOnce): Job => {
  const asBefore = requestDigest === undefined || before.requestDigest === undefined
  if (asBefore || before.requestDigest === requestDigest) return before
  throw new UserError('conflict', `job ${before.id} was made under this idempotency key by another request`)
}

/** The job, if this very move has been asked for since that event: who asks did not get the answer. */
const takenBefore = async (
  view: RecordsView,
  id: JobId,
  { user, target }: { readonly user: string; readonly target: string },
  after: number | undefined,
): Promise<Job | undefined> => {
  if (after === undefined) return undefined
  const since = await view.events(id, after)
  const asked = since.some(
    ({ reason, numbers }) =>
      reason === 'migrateAsked' && numbers['user'] === user && numbers['target'] === target,
  )
  return asked ? view.job(id) : undefined
}

/** The same job with another configuration, told. */
const reconfigured = (
  tx: RecordsTransaction,
  job: Job,
  { spec, told }: ChangedSpec,
  user: string,
  at: number,
): Promise<Job> => moveJob(tx, job, job.status, 'modified', { user, changes: told }, at, { spec })

/** A job that runs on an instance outside its new bounds goes to one inside. */
const moveIfUnfit = async (
  deps: EngineDeps,
  tx: RecordsTransaction,
  job: Job,
  user: string,
  trigger: 'program' | 'manual',
  at: number,
): Promise<Job> => {
  if (job.residence.kind !== 'running' || job.status !== 'Executing' || job.spec.migrateDisabled) return job
  const instance = await tx.instance(job.residence.instance)
  if (!instance || fitsSize(instance.offer, boundsOf(job.spec))) return job
  const numbers = { user, target: needSentence(boundsOf(job.spec), job.spec.vmPolicy) }
  const moving = await moveJob(tx, job, 'Floating', 'migrateAsked', numbers, at)
  return beginFloat(deps, tx, moving, {
    trigger,
    reason: 'migrateAsked',
    numbers,
    afterwards: 'run',
  })
}
