import {
  hasEnded,
  type Instance,
  type InstanceId,
  type Job,
  type JobId,
  needsSecurityGroup,
  type Volume,
  type VolumeId,
} from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import { forgetVolume } from '../forget-volume.ts'
import { within } from '../ports/clock.ts'
import {
  InstanceNotFoundError,
  VolumeInUseError,
  VolumeNotFoundError,
} from '../ports/provider/provider-errors.ts'
import { retireInstance } from '../workflows/steps/retire.ts'
import type { Reconciler, ReconcileReport } from './reconciler.ts'

/** For one thing: a cloud may take its time to end an instance, and has been told to by then. */
const GIVE_BACK_TIMEOUT_MS = 120_000

/**
 * Gives back what nothing needs: instances that no job lives on and no workflow uses, volumes of jobs that ended or
 * were run again on new ones, security groups of jobs that ended, and whatever the provider has of ours that no record knows.
 */
export const createSweepReconciler = (deps: EngineDeps): Reconciler => ({
  name: 'sweep',
  activate: async (signal): Promise<ReconcileReport> => {
    // The cloud first, then the records: what was made in between has a record by then and is left alone.
    const cloud = await deps.provider.list(signal)
    const cloudVolumes = await deps.provider.listVolumes(signal)
    const groups = await deps.provider.listSecurityGroups(signal)
    const { jobs, instances, volumes } = await deps.records.read(async (view) => ({
      jobs: new Map((await view.jobs({})).map((job) => [job.id, job])),
      instances: await view.instances({ live: true }),
      volumes: await view.volumes({ live: true }),
    }))
    const unneeded = instances.filter((instance) => isUnneeded(instance, jobs.get(instance.jobId)))
    const known = new Set<InstanceId>(instances.map((instance) => instance.id))
    const orphans = cloud.filter((instance) => !known.has(instance.id))
    const needed = new Set(volumes.filter((v) => isNeeded(v, v.jobId && jobs.get(v.jobId))).map((v) => v.id))
    const closed = groups.filter((owner) => !isOpen(jobs.get(owner as JobId)))
    const dead = cloudVolumes.filter((volume) => !needed.has(volume.id))

    // Instances first: while they live they hold their volumes.
    const acted = [
      ...(await eachAlone(deps, unneeded, signal, (id, soon) => retireInstance(deps, id, soon))),
      ...(await eachAlone(deps, orphans, signal, (id, soon) => terminateOrphan(deps, id, soon))),
      ...(await eachAlone(deps, dead, signal, (id, soon) => deleteVolume(deps, id, soon))),
      ...(await eachAlone(deps, closed.map(asThing), signal, (id, soon) => closeGroup(deps, id, soon))),
    ]
    return { looked: cloud.length + cloudVolumes.length + groups.length, acted: acted.length }
  },
})

/** An open workflow looks after its own instances. */
const isUnneeded = (instance: Instance, job: Job | undefined): boolean =>
  !job ||
  (job.workflow === undefined &&
    !(job.residence.kind === 'running' && job.residence.instance === instance.id))

/**
 * A disk that its user keeps is needed until it is deleted. An open workflow looks after its own volumes too. One that a job
 * has let go of is never its again.
 */
const isNeeded = (volume: Volume, job: Job | undefined): boolean =>
  volume.keptFor !== undefined ||
  (job !== undefined &&
    (job.workflow !== undefined || (!hasEnded(job.status) && job.volumes.includes(volume.id))))

const isOpen = (job: Job | undefined): boolean => job !== undefined && needsSecurityGroup(job)

const asThing = (owner: string): { readonly id: JobId } => ({ id: owner as JobId })

/** One that fails or hangs keeps nobody else; the next sweep meets it again. Answers those that succeeded. */
const eachAlone = async <Id extends InstanceId | VolumeId | JobId>(
  deps: EngineDeps,
  things: readonly { readonly id: Id }[],
  signal: AbortSignal,
  giveBack: (id: Id, signal: AbortSignal) => Promise<void>,
): Promise<Id[]> => {
  const done: Id[] = []
  for (const { id } of things) {
    try {
      await within(deps.clock, GIVE_BACK_TIMEOUT_MS, signal, (soon) => giveBack(id, soon))
      done.push(id)
    } catch (error) {
      signal.throwIfAborted()
      deps.log.warn({ id, err: error }, 'this could not be given back; the next sweep tries again')
    }
  }
  return done
}

const terminateOrphan = async (deps: EngineDeps, id: InstanceId, signal: AbortSignal): Promise<void> => {
  deps.log.warn({ instance: id }, 'no record knows this instance; it is ended')
  await deps.provider.terminate(id, signal).catch((error: unknown) => {
    if (!(error instanceof InstanceNotFoundError)) throw error
  })
}

const deleteVolume = async (deps: EngineDeps, id: VolumeId, signal: AbortSignal): Promise<void> => {
  try {
    await deps.provider.deleteVolume(id, signal)
  } catch (error) {
    // Still attached: its instance is on its way out, the next sweep will find it free.
    if (error instanceof VolumeInUseError) return
    if (!(error instanceof VolumeNotFoundError)) throw error
  }
  await forgetVolume(deps, id)
}

/** Asked for once more: a job that is run again meanwhile has its group under the same name. */
const closeGroup = async (deps: EngineDeps, owner: JobId, signal: AbortSignal): Promise<void> => {
  const job = await deps.records.read((view) => view.job(owner))
  if (!isOpen(job)) await deps.provider.deleteSecurityGroup(owner, signal)
}
