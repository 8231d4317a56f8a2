import {
  type InstanceId,
  type Job,
  type MountMode,
  newVolumeId,
  type Volume,
  type VolumeId,
} from '@mmcloud/domain'
import { VolumeNotFoundError } from '../../ports/provider/provider-errors.ts'
import { jobOf, patchJob } from '../../transitions.ts'
import { type StepContext, WorkflowFailure } from '../../workflow/workflow.ts'
import { targetOf } from './launch.ts'
import { retireInstance } from './retire.ts'
import { withInstance } from './with-instance.ts'

export type AttachedVolume = {
  readonly volumeId: string
  readonly device: string
  readonly mountPoint: string
  /** Its user keeps it: what lies on it stays when the job starts from scratch. */
  readonly kept?: true
  /** For the program; `rw` when absent. */
  readonly mode?: MountMode
}
export type AttachedVolumes = { readonly epoch: number; readonly volumes: readonly AttachedVolume[] }

const LET_FINISH_POLL_MS = 200

/** Container layer, logs and room for two checkpoints of a large job; the file is sparse where the provider can do it. */
const JOB_VOLUME_GB = 64

/**
 * Makes the job's volumes if it has none yet and attaches them to the target. The new holder and the raised epoch are
 * recorded before the provider is asked: from then on a late worker with an older epoch is refused by the volume.
 */
export const attachVolumes = async (context: StepContext): Promise<AttachedVolumes> => {
  const { deps, signal } = context
  const target = targetOf(context)
  const volumes: AttachedVolume[] = []
  let epoch = 0
  const job = await ensureVolumes(context)
  for (const id of job.volumes) {
    await ensureMade(context, id)
    const holder = await holderToGiveUp(context, id)
    if (holder !== undefined) await retireInstance(deps, holder, signal)
    const held = await holdVolume(context, id)
    epoch = Math.max(epoch, held.epoch)
    const { device } = await withInstance(context, target, () => attach(context, id))
    volumes.push({ volumeId: id, device, mountPoint: held.mountPoint, ...keptAs(job, id) })
  }
  return { epoch, volumes }
}

/**
 * No copy of the job runs now, so whoever held the volume last is given up: an instance that died, or lost its program. A kept
 * disk may be held by the job before, which is let finish first.
 */
const holderToGiveUp = async (context: StepContext, id: VolumeId): Promise<InstanceId | undefined> => {
  const { deps, jobId, signal } = context
  for (;;) {
    const { holder, before } = await deps.records.read(async (view) => {
      const held = (await view.volume(id))?.holder
      const instance = held && (await view.instance(held))
      return { holder: held, before: instance && (await view.job(instance.jobId)) }
    })
    if (holder === undefined || holder === targetOf(context)) return undefined
    if (before === undefined || before.id === jobId || before.workflow === undefined) return holder
    await deps.clock.sleep(LET_FINISH_POLL_MS, signal)
  }
}

const keptAs = ({ spec }: Job, id: VolumeId): Pick<AttachedVolume, 'kept' | 'mode'> => {
  const disk = spec.keptDisks?.find((each) => each.id === id)
  return disk ? { kept: true, mode: disk.mode } : {}
}

/** A disk that the cloud has lost takes every checkpoint with it: no later try would find it. */
const attach = async (context: StepContext, id: VolumeId): Promise<{ readonly device: string }> => {
  const { deps, jobId, signal } = context
  try {
    return await deps.provider.attachVolume(id, targetOf(context), signal)
  } catch (error) {
    if (!(error instanceof VolumeNotFoundError)) throw error
    const { startedAt } = await deps.records.read((view) => jobOf(view, jobId))
    const kind = startedAt === undefined ? 'start' : 'checkpointsFailed'
    throw new WorkflowFailure(kind, `the cloud has lost its disk ${id}`, error)
  }
}

const ensureVolumes = (context: StepContext): Promise<Job> =>
  context.deps.records.write(async (tx) => {
    const job = await jobOf(tx, context.jobId)
    if (job.volumes.length > 0) return job
    const wanted = [
      { sizeGB: JOB_VOLUME_GB + (job.spec.imageVolumeGB ?? 0), mountPoint: '' },
      ...job.spec.dataDisks.map((disk) => ({ sizeGB: disk.sizeGB, mountPoint: disk.mountPoint })),
    ]
    const ids = wanted.map(() => newVolumeId(context.deps.random))
    for (const [index, disk] of wanted.entries()) {
      await tx.insertVolume({
        id: ids[index]!,
        jobId: job.id,
        ...disk,
        state: 'requested',
        epoch: 0,
        version: 1,
      })
    }
    const kept = (job.spec.keptDisks ?? []).map(({ id }) => id)
    return patchJob(tx, job, { volumes: [...ids, ...kept] }, context.deps.clock.now())
  })

const ensureMade = async ({ deps, jobId, signal }: StepContext, id: Volume['id']): Promise<Volume> => {
  const volume = await deps.records.read((view) => view.volume(id))
  if (!volume) throw new Error(`volume ${id} has no record`)
  if (volume.state !== 'requested') return volume
  await deps.provider.createVolume({ id, sizeGB: volume.sizeGB, owner: volume.keptFor ?? jobId }, signal)
  const madeAt = deps.clock.now()
  const made: Volume = { ...volume, state: 'available', madeAt, version: volume.version + 1 }
  await deps.records.write((tx) => tx.updateVolume(made))
  return made
}

const holdVolume = (context: StepContext, id: VolumeId): Promise<Volume> =>
  context.deps.records.write(async (tx) => {
    const volume = await tx.volume(id)
    if (!volume) throw new Error(`volume ${id} has no record`)
    const holder = targetOf(context)
    if (volume.holder === holder) return volume
    if (volume.holder !== undefined) throw new Error(`volume ${volume.id} is still held by ${volume.holder}`)
    const held: Volume = { ...volume, holder, epoch: volume.epoch + 1, version: volume.version + 1 }
    await tx.updateVolume(held)
    return held
  })
