import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import type { VolumeMount } from '@mmcloud/contract'
import { z } from 'zod'
import { readJson, writeDurably } from '../system/durable.ts'
import { exec, succeeds } from '../system/exec.ts'
import { jobPlaces, places } from '../system/places.ts'

/** A volume of the job that is mounted here. The job's own has no mount point in the container. */
export type MountedVolume = VolumeMount & {
  /** Where its file system is mounted on the instance. */
  readonly path: string
}

const epochSchema = z.object({ epoch: z.int(), jobId: z.string() })

/**
 * Mounts all volumes, making file systems on blank ones, and writes the epoch. The job's own comes first: when it has a
 * higher epoch all are refused, and nothing on any of them is touched.
 */
export const mountVolumes = async (
  jobId: string,
  epoch: number,
  volumes: readonly VolumeMount[],
): Promise<MountedVolume[]> => {
  const mounted = volumes.map((volume, index) => ({
    ...volume,
    path: index === 0 ? places.jobVolume : `/mnt/data-${index}`,
  }))
  for (const [index, volume] of mounted.entries()) {
    await mount(volume)
    if (index === 0) await refuseLate(volume, epoch)
  }
  for (const { path } of mounted) {
    if (existsSync(`${path}/live`) || existsSync(`${path}/live.old`)) await sweepLive(path)
    if (!existsSync(`${path}/live`)) await exec('btrfs', ['subvolume', 'create', `${path}/live`])
    mkdirSync(path === places.jobVolume ? jobPlaces.checkpoints : `${path}/snapshots`, { recursive: true })
  }
  for (const path of [jobPlaces.upper, jobPlaces.work, jobPlaces.job, jobPlaces.logs]) {
    mkdirSync(path, { recursive: true })
  }
  writeDurably(jobPlaces.volume, JSON.stringify({ epoch, jobId }))
  return mounted
}

/** Unmounts what is mounted; the data is on the disk afterwards. */
export const unmountVolumes = async (volumes: readonly MountedVolume[]): Promise<void> => {
  for (const { path } of volumes.toReversed()) if (isMounted(path)) await exec('umount', [path])
}

/** Live data as it was: a subvolume made from a snapshot, or an empty one, in place of the present one. */
export const replaceLive = async (path: string, snapshot: string | undefined): Promise<void> => {
  const [live, fresh, old] = [`${path}/live`, `${path}/live.new`, `${path}/live.old`]
  for (const left of [fresh, old]) if (existsSync(left) && existsSync(live)) await deleteSubvolume(left)
  if (snapshot) await exec('btrfs', ['subvolume', 'snapshot', snapshot, fresh])
  else await exec('btrfs', ['subvolume', 'create', fresh])
  if (existsSync(live)) await exec('mv', ['-T', live, old])
  await exec('mv', ['-T', fresh, live])
}

export const snapshotLive = (path: string, to: string): Promise<string> =>
  exec('btrfs', ['subvolume', 'snapshot', '-r', `${path}/live`, to])

export const deleteSubvolume = async (path: string): Promise<void> => {
  await exec('btrfs', ['subvolume', 'delete', path])
}

/** Subvolumes that an interrupted replacement left, and live data that it had already moved away. */
export const sweepLive = async (path: string): Promise<void> => {
  if (!existsSync(`${path}/live`) && existsSync(`${path}/live.old`)) {
    await exec('mv', ['-T', `${path}/live.old`, `${path}/live`])
  }
  for (const left of readdirSync(path).filter((name) => name === 'live.new' || name === 'live.old')) {
    await deleteSubvolume(`${path}/${left}`)
  }
}

export const isMounted = (path: string): boolean =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path)

const mount = async ({ device, path }: MountedVolume): Promise<void> => {
  if (isMounted(path)) return
  // Only a disk without any signature is blank; an unreadable one is refused by mount instead of being emptied.
  if (!(await succeeds('blkid', ['-p', device])) && (await isBlank(device))) {
    await exec('mkfs.btrfs', ['--quiet', '--metadata', 'single', '--data', 'single', device])
  }
  mkdirSync(path, { recursive: true })
  await exec('mount', ['-t', 'btrfs', '-o', 'noatime', device, path])
}

/** Somebody may have been given the volumes after us, while what we were asked for was on its way. */
const refuseLate = async (own: MountedVolume, epoch: number): Promise<void> => {
  const found = readJson(jobPlaces.volume, epochSchema)
  if (!found || found.epoch <= epoch) return
  await unmountVolumes([own])
  throw new Error(
    `The volume belongs to a newer holder (epoch ${found.epoch}, asked for ${epoch}); nothing was touched`,
  )
}

const isBlank = async (device: string): Promise<boolean> => {
  const head = await exec('od', ['-An', '-v', '-tx8', '-N131072', device])
  return /^[\s0]*$/.test(head)
}
