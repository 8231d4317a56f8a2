import { type DataDisk, invalidArgument, UserError } from '@mmcloud/domain'
import { bracketEnd, parseOptions } from './options.ts'

const FLAG = '--dataVolume'
/** The most one disk of the clouds we know holds. */
const MAX_SIZE_GB = 16_384

/**
 * `[size=N]:/path`, a new disk of N GB; `""` is none. Existing disks and mounts of NFS, S3 and the like are refused
 * by name. No refusal repeats the specification, which may hold keys.
 */
export const parseDataVolume = (text: string): DataDisk | undefined => {
  const spec = text.trim()
  if (spec === '') return undefined
  if (/^(".*"|'.*')$/s.test(spec)) {
    throw invalidArgument(`${FLAG}: the specification is wrapped in quotes; take the outer quotes off`)
  }
  const bracketed = spec.startsWith('[')
  const end = bracketed ? bracketEnd(spec, FLAG) : -1
  const options = bracketed ? parseOptions(spec.slice(1, end), FLAG) : new Map<string, string>()
  const rest = spec.slice(end + 1)

  const scheme = /^([a-z0-9]+):\/\//i.exec(rest)?.[1]
  if (scheme) throw notYet(`a volume of ${scheme.toLowerCase()}://`)
  if (/^vol-\w/.test(rest)) throw notYet('an existing disk (vol-…)')

  const size = options.get('size')
  options.delete('size')
  if (size === undefined) throw invalidArgument(`${FLAG}: key size is missing; a new disk is [size=10]:/data`)
  const [unknown] = options.keys()
  if (unknown !== undefined) throw invalidArgument(`${FLAG}: unknown key "${unknown}" for a new disk`)
  return { sizeGB: parseSize(size), mountPoint: parseMountPoint(rest) }
}

export const formatDataVolume = (disk: DataDisk): string => `[size=${disk.sizeGB}]:${disk.mountPoint}`

const notYet = (what: string): UserError =>
  new UserError('notSupported', `${FLAG}: ${what} is not supported yet`)

const parseSize = (size: string): number => {
  if (!/^\d{1,6}$/.test(size) || Number(size) === 0 || Number(size) > MAX_SIZE_GB) {
    throw invalidArgument(`${FLAG} size: "${size}" is not a number of GB from 1 to ${MAX_SIZE_GB}`)
  }
  return Number(size)
}

const parseMountPoint = (rest: string): string => {
  const path = rest.slice(rest.lastIndexOf(':') + 1).replace(/\/+$/, '')
  if (!rest.startsWith(':') || !path.startsWith('/')) {
    throw invalidArgument(`${FLAG}: the mount point must be an absolute path after ":", like [size=10]:/data`)
  }
  if (path.split('/').includes('..')) throw invalidArgument(`${FLAG}: the mount point may not hold ".."`)
  return path
}
