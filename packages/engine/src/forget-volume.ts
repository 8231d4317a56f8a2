import { type VolumeId, volumeCost } from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'
import { patchJob } from './transitions.ts'

/** Records that the cloud has deleted a volume, and adds what it has cost to its job. Repeated, it changes nothing. */
export const forgetVolume = (deps: EngineDeps, id: VolumeId): Promise<void> =>
  deps.records.write(async (tx) => {
    const volume = await tx.volume(id)
    if (!volume || volume.state === 'deleted') return
    const at = deps.clock.now()
    await tx.updateVolume({ ...volume, state: 'deleted', deletedAt: at, version: volume.version + 1 })
    const cost = volumeCost(volume, deps.provider.volumePricePerGBMonth, at)
    const job = volume.jobId === undefined ? undefined : await tx.job(volume.jobId)
    if (job && cost > 0) await patchJob(tx, job, { costUsd: job.costUsd + cost }, at)
  })
