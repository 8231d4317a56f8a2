import type { InstanceId, JobId, VolumeId } from '../ids.ts'

/**
 * A job's disk. `holder` is set before the provider is asked to attach and cleared after it confirmed the detach:
 * whoever is not the holder must not write. `epoch` is raised with every attach and written onto the volume.
 */
export type Volume = {
  readonly id: VolumeId
  readonly jobId: JobId
  readonly sizeGB: number
  /** Empty for the job's own volume (container layer, checkpoints, logs). */
  readonly mountPoint: string
  readonly state: 'requested' | 'available' | 'deleted'
  readonly cloudId?: string
  readonly holder?: InstanceId
  readonly epoch: number
  /** When the cloud began to keep it and when it ceased (epoch ms): what it costs is counted from and to there. */
  readonly madeAt?: number
  readonly deletedAt?: number
  readonly version: number
}
