import {
  hasEnded,
  type Job,
  newVolumeId,
  notFound,
  UserError,
  type Volume,
  type VolumeId,
} from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'
import type { Clock } from './ports/clock.ts'
import type { RecordsTransaction, RecordsView } from './ports/records/records.ts'

/** What people ask of disks that outlive jobs. Refusals are `UserError`s. */
export interface DiskCommands {
  /** The cloud is asked for it when the first job needs it. */
  create(user: string, disk: { readonly sizeGB: number; readonly name?: string }): Promise<Volume>
  /** With all that lies on it. Refused while a job has it. */
  delete(id: VolumeId): Promise<void>
}

export const createDiskCommands = (
  deps: Pick<EngineDeps, 'records' | 'random'> & { readonly clock: Pick<Clock, 'now'> },
): DiskCommands => ({
  create: (user, disk) =>
    deps.records.write(async (tx) => {
      const volume: Volume = {
        id: newVolumeId(deps.random),
        keptFor: user,
        ...disk,
        mountPoint: '',
        state: 'requested',
        epoch: 0,
        version: 1,
      }
      await tx.insertVolume(volume)
      return volume
    }),
  // The sweep gives back to the cloud what no record needs.
  delete: (id) =>
    deps.records.write(async (tx) => {
      const disk = await keptDisk(tx, id)
      const holder = await jobWith(tx, disk)
      if (holder) throw inUse(disk, holder)
      const at = deps.clock.now()
      await tx.updateVolume({ ...disk, state: 'deleted', deletedAt: at, version: disk.version + 1 })
    }),
})

/** Makes the kept disks that the job asks for its own until it ends. Throws `notFound`, and `conflict` while another job has one. */
export const takeDisks = async (tx: RecordsTransaction, job: Job): Promise<void> => {
  for (const { id, mountPoint } of job.spec.keptDisks ?? []) {
    const disk = await keptDisk(tx, id, job.user)
    const holder = await jobWith(tx, disk)
    if (holder && holder.id !== job.id) throw inUse(disk, holder)
    await tx.updateVolume({ ...disk, jobId: job.id, mountPoint, version: disk.version + 1 })
  }
}

/** The job that has a kept disk now. One that has ended has none, though it may still be on its way out. */
export const jobWith = async (view: RecordsView, { jobId }: Volume): Promise<Job | undefined> => {
  const job = jobId === undefined ? undefined : await view.job(jobId)
  return job && !hasEnded(job.status) ? job : undefined
}

/** Of any user, or of this one. */
const keptDisk = async (view: RecordsView, id: VolumeId, user?: string): Promise<Volume> => {
  const disk = await view.volume(id)
  const known = disk?.keptFor !== undefined && disk.state !== 'deleted'
  if (!known || (user !== undefined && disk.keptFor !== user)) throw notFound(`volume ${id}`)
  return disk
}

const inUse = ({ id }: Volume, job: Job): UserError =>
  new UserError('conflict', `Volume ${id} is in use by job ${job.id}, which is ${job.status}`)
