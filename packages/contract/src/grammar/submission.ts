import {
  DEFAULT_MIGRATE_POLICY,
  DEFAULT_VM_POLICY,
  invalidArgument,
  type JobSpec,
  type Range,
  typeRefusal,
  UserError,
} from '@mmcloud/domain'
import type { SubmitBody } from '../rest/jobs.ts'
import { parseAllowFrom } from './allow-from.ts'
import { canonicalFlags } from './canonical-flags.ts'
import { MAX_SIZE_GB, parseSupportedVolume } from './data-volume.ts'
import { parseDuration } from './duration.ts'
import { parseContainerOptions, readDirMaps, readHook } from './host-options.ts'
import { checkTag, parseEnv } from './key-value.ts'
import { checkLimits, parseMigratePolicy } from './migrate-policy.ts'
import { type GatewayWish, readPorts } from './gateway.ts'
import { refuseField } from './refused.ts'
import { parseRange } from './range.ts'
import { readTypeFilter } from './type-list.ts'
import { parseStorageUse } from './storage.ts'
import { unique } from './unique.ts'
import { asksForSomething } from './unset.ts'
import { parseVmPolicy } from './vm-policy.ts'

/** A `JobSpec` but for what only the OpCenter knows: the image's digest, who sends it, and the name when none was given. */
export type Submission = Omit<JobSpec, 'image' | 'name' | 'submittedFrom' | 'userNumber' | 'gateway'> & {
  readonly imageName: string
  readonly name?: string
  /** `auto`: one of who submits, made if there is none. */
  readonly gateway?: GatewayWish
}

/** Nothing asked for: any type will do, the cheapest is taken. */
const ANY_SIZE: Range = { min: 1 }
/** Scripts are text; what is larger belongs into an image or a volume. */
const MAX_SCRIPT_BYTES = 1_048_576
/** Linux starts no program with a longer string (128 KiB), nor with more of them than a quarter of its stack of 8 MiB. */
const MAX_VARIABLE_BYTES = 127 * 1024
const MAX_ENV_BYTES = 1_048_576

const KNOWN: ReadonlySet<string> = new Set([
  'image',
  'jobContent',
  'cpu',
  'mem',
  'instType',
  'allowList',
  'denyList',
  'name',
  'envs',
  'dataVolumes',
  'storage',
  'customTags',
  'vmPolicy',
  'migratePolicy',
  'timeLimit',
  'publish',
  'allowFrom',
  'disableRerun',
  'disableMigrate',
  'imageVolSize',
  'dumpMode',
  'gateway',
  'targetPort',
  'withRoot',
  'dirMaps',
  'extraContainerOpts',
  'hostInit',
  'hostTerminate',
] satisfies (keyof SubmitBody)[])

/**
 * Reads every grammar in a posted job; the CLI calls it before it uploads, the server before it records. What `storage`
 * stands for only the server knows, and writes out before.
 */
export const readSubmission = (body: SubmitBody): Submission => {
  refuseUnsupported(body)
  body.storage?.forEach(parseStorageUse)
  const imageName = body.image?.trim() ?? ''
  if (imageName === '') throw invalidArgument('--image is missing; "float image list" shows the library')
  if (/\s/.test(imageName)) throw invalidArgument(`--image: "${imageName}" holds blanks`)

  const submission = {
    imageName,
    ...optional('name', readName(body.name ?? '')),
    ...optional('script', readScript(body.jobContent ?? '')),
    env: readEnv(body.envs ?? []),
    cpu: parseRange(body.cpu ?? '', '--cpu') ?? ANY_SIZE,
    memGB: parseRange(body.mem ?? '', '--mem') ?? ANY_SIZE,
    ...optional('instanceType', body.instType?.trim() || undefined),
    ...optional('types', readTypeFilter(body.allowList ?? '', body.denyList ?? '')),
    vmPolicy: body.vmPolicy ? parseVmPolicy(body.vmPolicy) : DEFAULT_VM_POLICY,
    migratePolicy: body.migratePolicy ? parseMigratePolicy(body.migratePolicy) : DEFAULT_MIGRATE_POLICY,
    ...optional('timeLimitSeconds', readTimeLimit(body.timeLimit ?? '')),
    ...readPorts(body),
    ...optional('allowFrom', readAllowFrom(body)),
    ...readVolumes(body.dataVolumes ?? []),
    ...(body.withRoot ? { asRoot: true as const } : {}),
    ...optional('dirMaps', nonEmpty(readDirMaps(body.dirMaps ?? []))),
    ...(asksForSomething(body.extraContainerOpts) ? parseContainerOptions(body.extraContainerOpts!) : {}),
    ...(body.hostInit ? { hostInit: readHook('--hostInit', body.hostInit) } : {}),
    ...(body.hostTerminate ? { hostTerminate: readHook('--hostTerminate', body.hostTerminate) } : {}),
    ...optional('imageVolumeGB', readImageVolSize(body.imageVolSize ?? '')),
    customTags: Object.fromEntries(
      Object.entries(body.customTags ?? {}).map(([key, value]) => checkTag(key, value)),
    ),
    rerunAllowed: !body.disableRerun,
    ...(body.disableMigrate ? { migrateDisabled: true as const } : {}),
  }
  refuseNamedType(submission)
  checkLimits(submission.migratePolicy, submission)
  return { ...submission, inputArgs: canonicalFlags(submission) }
}

/** A type that is asked for and not allowed at once could never be had. */
const refuseNamedType = ({ instanceType, types }: Pick<Submission, 'instanceType' | 'types'>): void => {
  const refusal = instanceType !== undefined && types && typeRefusal(types, instanceType)
  if (refusal) throw invalidArgument(`--instType: ${instanceType} is ${refusal}`)
}

const readVolumes = (texts: readonly string[]): Pick<Submission, 'dataDisks' | 'keptDisks' | 'mounts'> => {
  const volumes = unique(
    texts.flatMap((text) => parseSupportedVolume(text) ?? []),
    ({ mountPoint }) => mountPoint,
    '--dataVolume: mount point',
  )
  const mounts = volumes.filter((volume) => volume.kind !== 'newDisk' && volume.kind !== 'existingDisk')
  const keptDisks = unique(
    volumes.flatMap((volume) => (volume.kind === 'existingDisk' ? volume : [])),
    ({ id }) => id,
    '--dataVolume: disk',
  ).map(({ id, mode, mountPoint }) => ({ id, mode, mountPoint }))
  return {
    dataDisks: volumes
      .filter((volume) => volume.kind === 'newDisk')
      .map(({ sizeGB, mountPoint }) => ({ sizeGB, mountPoint })),
    ...optional('keptDisks', nonEmpty(keptDisks)),
    ...optional('mounts', mounts.length === 0 ? undefined : mounts),
  }
}

const readAllowFrom = ({ allowFrom, publish, targetPort }: SubmitBody): readonly string[] | undefined => {
  if (!asksForSomething(allowFrom)) return undefined
  if (!asksForSomething(publish) && !asksForSomething(targetPort))
    throw invalidArgument('--allowFrom says who may reach published ports: name them with --publish PORT')
  return [...new Set((allowFrom ?? []).map(parseAllowFrom))]
}

const refuseUnsupported = (body: SubmitBody): void => {
  for (const [key, value] of Object.entries(body))
    if (!KNOWN.has(key) && asksForSomething(value)) refuseField(key)
  const dumpMode = body.dumpMode ?? ''
  if (dumpMode === 'incremental')
    throw new UserError(
      'notSupported',
      '--dumpMode: a job is saved whole each time; leave it out, or say full',
    )
  if (dumpMode !== '' && dumpMode !== 'full')
    throw invalidArgument(`--dumpMode: "${dumpMode}" is neither full nor incremental`)
}

/** GB, for what the job writes into its image. */
const readImageVolSize = (given: string | number): number | undefined => {
  const text = String(given).trim()
  if (text === '' || text === '0') return undefined
  const sizeGB = Number(text)
  if (!/^\d+$/.test(text) || sizeGB > MAX_SIZE_GB)
    throw invalidArgument(`--imageVolSize: "${text}" is not a whole number of GB up to ${MAX_SIZE_GB}`)
  return sizeGB
}

const readName = (name: string): string | undefined => {
  if (name === '') return undefined
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) {
    throw invalidArgument(
      `--name: "${name}" must be up to 128 letters, digits, ".", "_" and "-", and begin with a letter or digit`,
    )
  }
  return name
}

const readScript = (script: string): string | undefined => {
  if (script === '') return undefined
  if (new TextEncoder().encode(script).length > MAX_SCRIPT_BYTES)
    throw invalidArgument('--job: the script is larger than 1 MiB')
  if (script.includes('\0')) throw invalidArgument('--job: the script holds a zero byte; it must be text')
  // A shell takes the carriage return for a part of every last word, and the kernel for a part of the interpreter's name.
  if (script.includes('\r\n'))
    throw invalidArgument(
      "--job: the script has the line ends of Windows; make them Unix ones: sed -i 's/\\r$//' FILE",
    )
  return script
}

const readEnv = (texts: readonly string[]): Readonly<Record<string, string>> => {
  let bytes = 0
  const entries = texts.map((text) => {
    const [key, value] = parseEnv(text)
    const size = new TextEncoder().encode(value).length
    if (size > MAX_VARIABLE_BYTES) throw invalidArgument(`--env ${key}: the value is larger than 127 KiB`)
    bytes += key.length + size + 2
    return [key, value] as const
  })
  if (bytes > MAX_ENV_BYTES) throw invalidArgument('--env: all together are larger than 1 MiB')
  return Object.fromEntries(entries)
}

const readTimeLimit = (text: string): number | undefined =>
  text === '' ? undefined : parseDuration(text, '--timeLimit') || undefined

const nonEmpty = <T>(items: readonly T[]): readonly T[] | undefined => (items.length > 0 ? items : undefined)

/** `{ [key]: value }`, or nothing: an absent property stays absent. */
const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>
