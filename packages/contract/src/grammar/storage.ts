import { invalidArgument, type StorageMount } from '@mmcloud/domain'
import { formatDataVolume, parseDataVolume, parseSupportedVolume } from './data-volume.ts'

export const STORAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** One `--storage`: a registered volume, at another mount point where one is written. */
export type StorageUse = { readonly name: string; readonly mountPoint?: string }

/** `NAME[:MOUNT]`; nothing when it is empty. */
export const parseStorageUse = (text: string): StorageUse | undefined => {
  if (text.trim() === '') return undefined
  const [, name = '', mountPoint] = /^([^:]*)(?::(\/[^/:][^:]*))?$/.exec(text.trim()) ?? []
  if (!STORAGE_NAME.test(name))
    throw invalidArgument('--storage: write NAME[:/MOUNT]; "float storage list" shows the names')
  return mountPoint === undefined ? { name } : { name, mountPoint }
}

/** What may be registered: what stays where it is, to be mounted for many jobs. */
export const parseStorage = (text: string): StorageMount => {
  const volume = parseSupportedVolume(text)
  if (volume === undefined) throw invalidArgument('storage: the volume is missing, like s3://bucket/in:/in')
  if (volume.kind === 'newDisk')
    throw invalidArgument('storage: a new disk is made for each job; ask for it with --dataVolume')
  if (volume.kind === 'existingDisk')
    throw invalidArgument('storage: a disk is for one job at a time; name it with --dataVolume')
  return volume
}

/** A registered volume as it is written after `--dataVolume` for one job. */
export const volumeForUse = (registered: string, { mountPoint }: StorageUse): string => {
  const volume = parseDataVolume(registered)
  return volume === undefined || mountPoint === undefined
    ? registered
    : formatDataVolume({ ...volume, mountPoint })
}
