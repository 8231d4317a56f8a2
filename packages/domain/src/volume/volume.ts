import type { InstanceId, JobId, VolumeId } from '../ids.ts'

/**
 * A disk of a job, or of a user who keeps it. `holder` is set before the provider is asked to attach and cleared after it confirmed the detach:
 * whoever is not the holder must not write. `epoch` is raised with every attach and written onto the volume.
 */
export type Volume = {
  readonly id: VolumeId
  /** The job that has it, or had it last; absent = a kept disk that none ever had. */
  readonly jobId?: JobId
  /** The user whose disk it is: it outlives the jobs that have it, one after the other. Absent = it ends with its job. */
  readonly keptFor?: string
  /** What that user calls it. */
  readonly name?: string
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
