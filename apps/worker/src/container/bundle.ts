import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { ContainerSpec } from '@mmcloud/contract'
import { connect } from 'node:net'
import type { LocalImage } from '../image/ensure-image.ts'
import type { MountedStorage } from '../mounts/storage.ts'
import { exec } from '../system/exec.ts'
import { jobPlaces, places } from '../system/places.ts'
import { isMounted, type MountedVolume } from '../volumes/volumes.ts'
import type { MemoryLimits } from './cgroup.ts'
import { placeJobTools } from './job-tools.ts'
import { ociSpec } from './oci-spec.ts'

export type BundleInput = {
  readonly jobId: string
  readonly spec: ContainerSpec
  readonly image: LocalImage
  readonly limits: MemoryLimits
  readonly volumes: readonly MountedVolume[]
  readonly storage: readonly MountedStorage[]
  readonly address: string
}

/** Mounts the container's root (image below, layer on the job's volume above) and writes its configuration. */
export const makeBundle = async (input: BundleInput): Promise<void> => {
  await removeBundle()
  placeJobTools()
  mkdirSync(places.rootfs, { recursive: true })
  rmSync(places.lower, { force: true })
  symlinkSync(input.image.rootfs, places.lower)
  const options = `lowerdir=${places.lower},upperdir=${jobPlaces.upper},workdir=${jobPlaces.work}`
  await exec('mount', ['-t', 'overlay', '-o', options, 'overlay', places.rootfs])
  if (existsSync('/etc/resolv.conf')) copyFileSync('/etc/resolv.conf', places.resolv)
  else writeFileSync(places.resolv, '')
  if (input.spec.script !== undefined) {
    writeFileSync(`${jobPlaces.job}/script`, input.spec.script, { mode: 0o755 })
  }
  writeConfiguration(input)
}

/**
 * What runc is told of the container; it reads it when it begins one. In the memory of the instance, never on a volume: at
 * a start it holds secrets.
 */
export const writeConfiguration = (input: BundleInput): void => {
  const dataMounts = [
    ...input.volumes.slice(1).map(({ path, mountPoint, mode }) => ({
      source: `${path}/live`,
      mountPoint,
      ...(mode ? { mode } : {}),
    })),
    ...input.storage.map(({ path, ...mount }) => ({ source: path, ...mount })),
  ]
  const config = ociSpec({ ...input, image: input.image.config, dataMounts })
  writeFileSync(places.configuration, JSON.stringify(config), { mode: 0o600 })
}

export const removeBundle = async (): Promise<void> => {
  rmSync(places.configuration, { force: true })
  if (isMounted(places.rootfs)) await exec('umount', [places.rootfs])
}

/** The address this instance is reached at: that of the way to the OpCenter. */
export const ownAddress = (openCenterUrl: string): Promise<string> =>
  new Promise((resolve) => {
    const url = new URL(openCenterUrl)
    const socket = connect(Number(url.port || 443), url.hostname)
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('connect', () => {
      resolve(socket.localAddress ?? '127.0.0.1')
      socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve('127.0.0.1'))
  })
