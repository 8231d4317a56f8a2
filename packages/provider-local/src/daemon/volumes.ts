import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstanceId, VolumeId } from '@mmcloud/domain'
import { InstanceNotFoundError, VolumeInUseError, VolumeNotFoundError } from '@mmcloud/engine'
import type { CloudContext } from './cloud-context.ts'
import type { InstanceRecord, VolumeRecord } from './cloud-state.ts'
import { command } from './command.ts'
import { find } from './instances.ts'
import { bindLoop, loopsBelow, releaseLoop, tryReleaseLoop } from './loop.ts'

export type Volumes = ReturnType<typeof makeVolumes>

/** Volumes: sparse files that are bound to a loop device while attached. They outlive instances and the cloud. */
export const makeVolumes = (cloud: CloudContext) => {
  const { state, lock, log } = cloud
  const fileOf = (id: VolumeId): string => join(cloud.cloudDir, 'volumes', `${id}.img`)

  const findVolume = (id: VolumeId): VolumeRecord => {
    const volume = state.volumes.get(id)
    if (!volume) throw new VolumeNotFoundError(`there is no volume ${id} in this local cloud`)
    return volume
  }

  /** Asked of the kernel: a crash may have come between the binding and our note of it. */
  const deviceOf = async ({ id }: VolumeRecord): Promise<string | undefined> => {
    const loops = await loopsBelow(join(cloud.cloudDir, 'volumes'))
    return loops.find(({ file }) => file === fileOf(id))?.device
  }

  const forgetHolder = async (volume: VolumeRecord): Promise<void> => {
    delete volume.attachedTo
    await state.save()
  }

  const attach = async (volume: VolumeRecord, instance: InstanceRecord): Promise<{ device: string }> => {
    const pid = instance.process?.pid
    if (instance.state !== 'running' || pid === undefined)
      throw new InstanceNotFoundError(`instance ${instance.id} is ending`)
    volume.attachedTo = instance.id
    await state.save()
    const device = await bindLoop(fileOf(volume.id))
    await makeNode(device, pid)
    return { device }
  }

  const detach = async (volume: VolumeRecord, holder: InstanceRecord | undefined): Promise<void> => {
    const device = await deviceOf(volume)
    const pid = holder?.process?.pid
    if (device !== undefined) {
      // First the door, then the check: what is not open by now cannot be opened any more.
      if (pid !== undefined) await rm(nodeIn(device, pid), { force: true })
      const released = await tryReleaseLoop(device, fileOf(volume.id))
      if (!released) {
        if (pid !== undefined) await makeNode(device, pid)
        throw new VolumeInUseError(`volume ${volume.id} is still mounted on ${volume.attachedTo}`)
      }
    }
    await forgetHolder(volume)
  }

  return {
    create: ({ id, sizeGB, owner }: { id: VolumeId; sizeGB: number; owner: string }): Promise<void> =>
      lock(id, async () => {
        if (state.volumes.has(id)) return
        await mkdir(join(cloud.cloudDir, 'volumes'), { recursive: true, mode: 0o700 })
        {
          await using file = await open(`${fileOf(id)}.new`, 'w', 0o600)
          await file.truncate(Math.round(sizeGB * 2 ** 30))
        }
        await rename(`${fileOf(id)}.new`, fileOf(id))
        state.volumes.set(id, { id, sizeGB, owner })
        await state.save()
      }),

    attach: (id: VolumeId, instance: InstanceId): Promise<{ device: string }> =>
      lock(id, async () => {
        const volume = findVolume(id)
        find(cloud, instance)
        if (volume.attachedTo !== undefined && volume.attachedTo !== instance)
          throw new VolumeInUseError(`volume ${id} is attached to ${volume.attachedTo}`)
        return lock(instance, () => attach(volume, find(cloud, instance)))
      }),

    detach: (id: VolumeId): Promise<void> =>
      lock(id, async () => {
        const volume = findVolume(id)
        const holder = volume.attachedTo
        if (holder === undefined) return
        await lock(holder, () => detach(volume, state.instances.get(holder)))
      }),

    delete: (id: VolumeId): Promise<void> =>
      lock(id, async () => {
        const holder = state.volumes.get(id)?.attachedTo
        if (holder !== undefined) throw new VolumeInUseError(`volume ${id} is attached to ${holder}`)
        await rm(fileOf(id), { force: true })
        state.volumes.delete(id)
        await state.save()
      }),

    list: (): { id: VolumeId; owner: string; sizeGB: number; attachedTo?: InstanceId }[] =>
      [...state.volumes.values()].map(({ id, owner, sizeGB, attachedTo }) => ({
        id,
        owner,
        sizeGB,
        ...(attachedTo !== undefined && { attachedTo }),
      })),

    /** Called under the lock of an instance whose processes have all ended. */
    async freeAllOf(instance: InstanceId): Promise<void> {
      for (const volume of state.volumes.values()) {
        if (volume.attachedTo !== instance) continue
        const device = await deviceOf(volume)
        if (device !== undefined) await releaseLoop(device, fileOf(volume.id))
        await forgetHolder(volume)
      }
    },

    /** At the start: frees devices that a crash has left without a holder; those of a living instance stay. */
    async sweep(): Promise<void> {
      const held = new Set(
        [...state.volumes.values()].filter(({ attachedTo }) => attachedTo).map(({ id }) => fileOf(id)),
      )
      for (const { device, file } of await loopsBelow(join(cloud.cloudDir, 'volumes'))) {
        if (held.has(file)) continue
        log.warn({ device, file }, 'a loop device was left by an earlier run')
        await releaseLoop(device, file)
      }
      for (const volume of state.volumes.values())
        if (volume.attachedTo !== undefined && !state.instances.has(volume.attachedTo))
          await forgetHolder(volume)
    },
  }
}

/** The device as the sandbox names it, reached from outside through its first process. */
const nodeIn = (device: string, pid: number): string => `/proc/${pid}/root${device}`

const makeNode = async (device: string, pid: number): Promise<void> => {
  const node = nodeIn(device, pid)
  if (await stat(node).catch(() => undefined)) return
  const { rdev } = await stat(device)
  const [major, minor] = [(rdev >> 8) & 0xfff, (rdev & 0xff) | ((rdev >> 12) & 0xfff00)]
  await command('mknod', ['--mode=600', node, 'b', String(major), String(minor)])
}
