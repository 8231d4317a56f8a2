import { hasEnded, type Instance, type InstanceId, type Job } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import {
  InstanceNotFoundError,
  VolumeInUseError,
  VolumeNotFoundError,
} from '../ports/provider/provider-errors.ts'
import { retireInstance } from '../workflows/steps/retire.ts'
import type { Reconciler, ReconcileReport } from './reconciler.ts'

/**
 * Gives back what nothing needs: instances that no job lives on and no workflow uses, volumes of jobs that ended, and
 * whatever the provider has of ours that no record knows.
 */
export const createSweepReconciler = (deps: EngineDeps): Reconciler => ({
  name: 'sweep',
  activate: async (signal): Promise<ReconcileReport> => {
    // The cloud first, then the records: what was made in between has a record by then and is left alone.
    const cloud = await deps.provider.list(signal)
    const cloudVolumes = await deps.provider.listVolumes(signal)
    const { jobs, instances, volumes } = await deps.records.read(async (view) => ({
      jobs: new Map((await view.jobs({})).map((job) => [job.id, job])),
      instances: await view.instances({ live: true }),
      volumes: await view.volumes({ live: true }),
    }))
    const unneeded = instances.filter((instance) => isUnneeded(instance, jobs.get(instance.jobId)))
    for (const instance of unneeded) await retireInstance(deps, instance.id, signal)

    const known = new Set<InstanceId>(instances.map((instance) => instance.id))
    const orphans = cloud.filter((instance) => !known.has(instance.id))
    for (const orphan of orphans) await terminateOrphan(deps, orphan.id, signal)

    const needed = new Set(volumes.filter((v) => !isOver(jobs.get(v.jobId))).map((v) => v.id))
    const dead = cloudVolumes.filter((volume) => !needed.has(volume.id))
    for (const volume of dead) await deleteVolume(deps, volume.id, signal)
    return {
      looked: cloud.length + cloudVolumes.length,
      acted: unneeded.length + orphans.length + dead.length,
    }
  },
})

/** An open workflow looks after its own instances. */
const isUnneeded = (instance: Instance, job: Job | undefined): boolean =>
  !job ||
  (job.workflow === undefined &&
    !(job.residence.kind === 'running' && job.residence.instance === instance.id))

const isOver = (job: Job | undefined): boolean => !job || (job.workflow === undefined && hasEnded(job.status))

const terminateOrphan = async (deps: EngineDeps, id: InstanceId, signal: AbortSignal): Promise<void> => {
  deps.log.warn({ instance: id }, 'no record knows this instance; it is ended')
  await deps.provider.terminate(id, signal).catch((error: unknown) => {
    if (!(error instanceof InstanceNotFoundError)) throw error
  })
}

const deleteVolume = async (
  deps: EngineDeps,
  id: Parameters<EngineDeps['provider']['deleteVolume']>[0],
  signal: AbortSignal,
): Promise<void> => {
  try {
    await deps.provider.deleteVolume(id, signal)
  } catch (error) {
    // Still attached: its instance is on its way out, the next sweep will find it free.
    if (error instanceof VolumeInUseError) return
    if (!(error instanceof VolumeNotFoundError)) throw error
  }
  await deps.records.write(async (tx) => {
    const volume = await tx.volume(id)
    if (volume && volume.state !== 'deleted')
      await tx.updateVolume({ ...volume, state: 'deleted', version: volume.version + 1 })
  })
}
