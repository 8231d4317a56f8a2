import { type InstanceId, instanceCost } from '@mmcloud/domain'
import type { EngineDeps } from '../../engine-deps.ts'
import { within } from '../../ports/clock.ts'
import {
  InstanceNotFoundError,
  VolumeInUseError,
  VolumeNotFoundError,
} from '../../ports/provider/provider-errors.ts'
import { patchJob } from '../../transitions.ts'

/** How long a worker is given to unmount before its instance is ended under it. */
const RELEASE_TIMEOUT_MS = 10_000
/** How long a kernel is given to let go of a device whose last user has gone. */
const DETACH_TIMEOUT_MS = 10_000
const TERMINATE_POLL_MS = 50

/**
 * Ends an instance and frees its volumes, whatever state it is in; its worker is not asked. Idempotent. The provider
 * ends it and confirms, and only then are its volumes free: this order is the fence.
 */
export const retireInstance = async (
  deps: EngineDeps,
  id: InstanceId,
  signal: AbortSignal,
): Promise<void> => {
  const instance = await deps.records.read((view) => view.instance(id))
  if (!instance || instance.state === 'gone') return
  await terminateUntilGone(deps, id, signal)
  await freeVolumes(deps, id, signal)
  await deps.records.write(async (tx) => {
    const latest = await tx.instance(id)
    if (!latest || latest.state === 'gone') return
    const at = deps.clock.now()
    await tx.updateInstance({ ...latest, state: 'gone', goneAt: at, version: latest.version + 1 })
    const job = await tx.job(latest.jobId)
    if (job) await patchJob(tx, job, { costUsd: job.costUsd + instanceCost(latest, at) }, at)
  })
}

/** Lets the worker unmount and takes the volumes off its instance, which lives on. When the worker cannot, the instance is ended. */
export const releaseInstance = async (
  deps: EngineDeps,
  id: InstanceId,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await within(deps.clock, RELEASE_TIMEOUT_MS, signal, (soon) =>
      deps.fleet.ask(id, 'releaseVolumes', {}, soon),
    )
    await freeVolumes(deps, id, signal)
  } catch (error) {
    signal.throwIfAborted()
    deps.log.warn(
      { instance: id, err: error },
      'the worker did not release its volumes; its instance is ended',
    )
    await retireInstance(deps, id, signal)
  }
}

const terminateUntilGone = async (deps: EngineDeps, id: InstanceId, signal: AbortSignal): Promise<void> => {
  for (;;) {
    try {
      await deps.provider.terminate(id, signal)
    } catch (error) {
      if (error instanceof InstanceNotFoundError) return
      throw error
    }
    await deps.clock.sleep(TERMINATE_POLL_MS, signal)
  }
}

const freeVolumes = async (deps: EngineDeps, id: InstanceId, signal: AbortSignal): Promise<void> => {
  const volumes = await deps.records.read((view) => view.volumes({ live: true }))
  for (const volume of volumes.filter((v) => v.holder === id)) {
    await detach(deps, volume.id, signal)
    await deps.records.write(async (tx) => {
      const latest = await tx.volume(volume.id)
      if (latest?.holder !== id) return
      const { holder: _, ...free } = latest
      await tx.updateVolume({ ...free, version: latest.version + 1 })
    })
  }
}

const detach = async (
  deps: EngineDeps,
  volume: Parameters<EngineDeps['provider']['detachVolume']>[0],
  signal: AbortSignal,
): Promise<void> => {
  const until = deps.clock.now() + DETACH_TIMEOUT_MS
  for (;;) {
    try {
      return await deps.provider.detachVolume(volume, signal)
    } catch (error) {
      // A disk that is lost is attached to nothing.
      if (error instanceof VolumeNotFoundError) return
      if (!(error instanceof VolumeInUseError) || deps.clock.now() > until) throw error
      await deps.clock.sleep(TERMINATE_POLL_MS, signal)
    }
  }
}
