import {
  type BucketKeys,
  type BucketMount,
  type DataDisk,
  type Export,
  invalidArgument,
  type KeptDisk,
  type MountMode,
  type StorageMount,
  UserError,
  type VolumeId,
} from '@mmcloud/domain'
import { bracketEnd, parseOptions } from './options.ts'
import { isReference, mentionsSecret } from './secret.ts'

/** One specification after `--dataVolume`, read. */
export type DataVolume =
  | ({ readonly kind: 'newDisk' } & DataDisk)
  | ({ readonly kind: 'existingDisk' } & KeptDisk)
  | ({ readonly kind: 'nfs' } & Export)
  | ({ readonly kind: 'jfs' } & Export)
  | ({ readonly kind: 's3' } & BucketMount)

const FLAG = '--dataVolume'
/** The most one disk of the clouds we know holds. */
export const MAX_SIZE_GB = 16_384

const HOST = String.raw`[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::\d{1,5})?`
const WHOLE_HOST = new RegExp(`^${HOST}$`)
const ENDPOINT = new RegExp(`^(?:(https?)://)?(${HOST})/?$`, 'i')
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/
const DISK = /^vol-[A-Za-z0-9]{1,64}$/
const CONTROL_CHARACTER = /\p{Cc}/u

/**
 * `[k=v,…]SCHEME://HOST/PATH:MOUNT`, `[size=N]:MOUNT` or `vol-…:MOUNT`; `""` is none. A refusal repeats nothing but a
 * size and a mode, since a key may stand anywhere in what was mistyped.
 */
export const parseDataVolume = (text: string): DataVolume | undefined => {
  const spec = text.trim()
  if (spec === '') return undefined
  if (/^(".*"|'.*')$/s.test(spec)) throw refused('the specification is wrapped in quotes; take them off')
  if (CONTROL_CHARACTER.test(spec)) throw refused('there is a line break or another control character in it')

  const bracketed = spec.startsWith('[')
  const end = bracketed ? bracketEnd(spec, FLAG) : -1
  const options = readOptions(bracketed ? spec.slice(1, end) : '')
  const { source, mountPoint } = splitMountPoint(spec.slice(end + 1))

  if (source === '') return newDisk(options, mountPoint)
  if (source.startsWith('vol-')) return existingDisk(source, options, mountPoint)
  const [, scheme, address] = /^(nfs|jfs|s3):\/\/(.*)$/i.exec(source) ?? []
  if (scheme === undefined || address === undefined) {
    throw refused('known are a new disk [size=10]:/data, a disk vol-…:/data, nfs://, s3:// and jfs://')
  }
  const kind = scheme.toLowerCase() as 'nfs' | 'jfs' | 's3'
  return kind === 's3' ? bucketOf(address, options, mountPoint) : exportOf(kind, address, options, mountPoint)
}

/** What a job can have: a disk that moves with it, or a mount. What is left is read, and then refused with a sentence. */
export type SupportedVolume = Exclude<DataVolume, { kind: 'jfs' }>

/** As `parseDataVolume`, refused where it cannot be had. */
export const parseSupportedVolume = (text: string): SupportedVolume | undefined => {
  const volume = parseDataVolume(text)
  if (volume?.kind !== 'jfs') return volume
  const sentence = `${FLAG} ${formatDataVolume(volume)}: volumes of jfs:// are not supported yet`
  throw new UserError('notSupported', sentence, { field: 'dataVolume' })
}

/** All volumes of a job, each as it is written after `--dataVolume`. */
export const formatDataVolumes = (job: {
  readonly dataDisks: readonly DataDisk[]
  readonly keptDisks?: readonly KeptDisk[]
  readonly mounts?: readonly StorageMount[]
}): readonly string[] =>
  [
    ...job.dataDisks.map((disk) => ({ kind: 'newDisk' as const, ...disk })),
    ...(job.keptDisks ?? []).map((disk) => ({ kind: 'existingDisk' as const, ...disk })),
    ...(job.mounts ?? []),
  ].map(formatDataVolume)

/** As people may see it: it reads back as the same volume, with `***` for each key. References to secrets are shown. */
export const formatDataVolume = (volume: DataVolume): string => {
  const { mountPoint } = volume
  switch (volume.kind) {
    case 'newDisk':
      return `[size=${volume.sizeGB}]:${mountPoint}`
    case 'existingDisk':
      return `${bracket({ mode: volume.mode })}${volume.id}:${mountPoint}`
    case 's3': {
      const { mode, endpoint, keys, bucket, prefix } = volume
      const options = bracket({
        mode,
        endpoint,
        accesskey: hidden(keys?.accessKey),
        secret: hidden(keys?.secret),
        token: hidden(keys?.token),
      })
      return `${options}s3://${bucket}${prefix === '' ? '' : `/${prefix}`}:${mountPoint}`
    }
    default:
      return `${bracket({ mode: volume.mode, opts: volume.opts })}${volume.kind}://${volume.host}${volume.path}:${mountPoint}`
  }
}

type Options = ReadonlyMap<string, string>

const readOptions = (inside: string): Options => {
  const options = parseOptions(inside, FLAG, () => 'a part of the bracket')
  for (const value of options.values()) {
    if (value.includes('"')) throw refused('double quotes stand around a whole value, not within one')
  }
  return new Map([...options].filter(([, value]) => value !== ''))
}

/** The mount point is after the last `:`; that of `SCHEME://` is none. */
const splitMountPoint = (rest: string): { source: string; mountPoint: string } => {
  const colon = rest.lastIndexOf(':')
  const parts = rest.slice(colon + 1).split('/')
  if (colon < 0 || parts[0] !== '' || rest.startsWith('://', colon)) {
    throw refused('the mount point must be an absolute path after ":", like [size=10]:/data')
  }
  if (parts.includes('..')) throw refused('the mount point may not hold ".."')
  const names = parts.filter((part) => part !== '' && part !== '.')
  if (names.length === 0) throw refused('the mount point may not be "/"')
  return { source: rest.slice(0, colon), mountPoint: `/${names.join('/')}` }
}

const newDisk = (options: Options, mountPoint: string): DataVolume => {
  only(options, ['size'], 'a new disk')
  const size = options.get('size')
  if (size === undefined) throw refused('key size is missing; a new disk is [size=10]:/data')
  if (!/^\d{1,6}$/.test(size) || Number(size) === 0 || Number(size) > MAX_SIZE_GB) {
    throw invalidArgument(`${FLAG} size: "${size}" is not a number of GB from 1 to ${MAX_SIZE_GB}`)
  }
  return { kind: 'newDisk', sizeGB: Number(size), mountPoint }
}

const existingDisk = (id: string, options: Options, mountPoint: string): DataVolume => {
  only(options, ['mode'], 'an existing disk')
  if (!DISK.test(id)) throw refused('an existing disk is named vol- and letters and digits')
  return { kind: 'existingDisk', id: id as VolumeId, mode: modeOf(options), mountPoint }
}

const exportOf = (kind: 'nfs' | 'jfs', address: string, options: Options, mountPoint: string): DataVolume => {
  only(options, ['mode', 'opts'], `${kind}://`)
  const [, host, path] = /^([^/]*)(\/.*)$/.exec(address) ?? []
  if (host === undefined || path === undefined || !isHost(host)) {
    throw refused(`after ${kind}:// stand a host, at will its port, and a path`)
  }
  const opts = options.get('opts')
  return { kind, host, path, mode: modeOf(options), ...(opts === undefined ? {} : { opts }), mountPoint }
}

const bucketOf = (address: string, options: Options, mountPoint: string): DataVolume => {
  only(options, ['mode', 'endpoint', 'accesskey', 'secret', 'token'], 's3://')
  const [bucket = '', ...path] = address.split('/')
  if (!BUCKET.test(bucket)) throw refused('after s3:// stands the name of a bucket')
  const prefix = path.join('/').replace(/^\/+|\/+$/g, '')
  if (prefix.split('/').includes('..')) throw refused('the prefix in the bucket may not hold ".."')
  return { kind: 's3', bucket, prefix, mode: modeOf(options), ...accessOf(options), mountPoint }
}

type Access = Pick<BucketMount, 'endpoint' | 'keys'>

const accessOf = (options: Options): Access => {
  const [accessKey, secret, token] = ['accesskey', 'secret', 'token'].map((key) => options.get(key))
  if ((accessKey === undefined) !== (secret === undefined)) {
    throw refused('accesskey and secret are given together')
  }
  if (accessKey === undefined || secret === undefined) {
    if (token !== undefined) throw refused('a token goes with accesskey and secret')
    return endpointOf(options)
  }
  const keys: BucketKeys = { accessKey, secret, ...(token === undefined ? {} : { token }) }
  if (Object.values(keys).some((key) => mentionsSecret(key) && !isReference(key))) {
    throw refused('accesskey, secret and token are each written out, or {secret:NAME} and nothing else')
  }
  return { ...endpointOf(options), keys }
}

/** A client doubles the scheme, `https://http://HOST`: the inner one is meant. */
const endpointOf = (options: Options): Access => {
  const text = options.get('endpoint')
  if (text === undefined) return {}
  const [, scheme = 'https', host = ''] =
    ENDPOINT.exec(text.replace(/^https?:\/\/(?=https?:\/\/)/i, '')) ?? []
  if (!isHost(host)) throw refused('endpoint is a host or URL without a path, like http://10.0.0.5:9000')
  return { endpoint: `${scheme.toLowerCase()}://${host}` }
}

const isHost = (text: string): boolean => {
  const port = Number(/:(\d+)$/.exec(text)?.[1] ?? 1)
  return WHOLE_HOST.test(text) && port >= 1 && port <= 65_535
}

const modeOf = (options: Options): MountMode => {
  const mode = options.get('mode')?.toLowerCase() ?? 'rw'
  if (mode !== 'r' && mode !== 'rw') throw refused('mode is r or rw')
  return mode
}

const only = (options: Options, known: readonly string[], what: string): void => {
  if ([...options.keys()].every((key) => known.includes(key))) return
  throw refused(`there is an unknown key in the bracket; ${what} takes ${known.join(', ')}`)
}

const bracket = (options: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return `[${given.map(([key, value]) => `${key}=${quoted(value!)}`).join(',')}]`
}

const quoted = (value: string): string => (/[\s,\]]/.test(value) ? `"${value}"` : value)

const hidden = (key: string | undefined): string | undefined =>
  key === undefined || isReference(key) ? key : '***'

const refused = (sentence: string): UserError => invalidArgument(`${FLAG}: ${sentence}`)
