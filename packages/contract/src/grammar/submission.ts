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
import { parseSupportedVolume } from './data-volume.ts'
import { parseDuration } from './duration.ts'
import { checkTag, parseEnv } from './key-value.ts'
import { checkLimits, parseMigratePolicy } from './migrate-policy.ts'
import { parsePublish } from './publish.ts'
import { parseRange } from './range.ts'
import { readTypeFilter } from './type-list.ts'
import { parseStorageUse } from './storage.ts'
import { parseVmPolicy } from './vm-policy.ts'

/** A `JobSpec` but for what only the OpCenter knows: the image's digest, who sends it, and the name when none was given. */
export type Submission = Omit<JobSpec, 'image' | 'name' | 'submittedFrom'> & {
  readonly imageName: string
  readonly name?: string
}

/** Nothing asked for: any type will do, the cheapest is taken. */
const ANY_SIZE: Range = { min: 1 }
/** Scripts are text; what is larger belongs into an image or a volume. */
const MAX_SCRIPT_BYTES = 1_048_576

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
    env: Object.fromEntries((body.envs ?? []).map(parseEnv)),
    cpu: parseRange(body.cpu ?? '', '--cpu') ?? ANY_SIZE,
    memGB: parseRange(body.mem ?? '', '--mem') ?? ANY_SIZE,
    ...optional('instanceType', body.instType?.trim() || undefined),
    ...optional('types', readTypeFilter(body.allowList ?? '', body.denyList ?? '')),
    vmPolicy: body.vmPolicy ? parseVmPolicy(body.vmPolicy) : DEFAULT_VM_POLICY,
    migratePolicy: body.migratePolicy ? parseMigratePolicy(body.migratePolicy) : DEFAULT_MIGRATE_POLICY,
    ...optional('timeLimitSeconds', readTimeLimit(body.timeLimit ?? '')),
    publish: unique((body.publish ?? []).map(parsePublish), (p) => p.hostPort, '--publish: port'),
    ...optional('allowFrom', readAllowFrom(body)),
    ...readVolumes(body.dataVolumes ?? []),
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

const readVolumes = (texts: readonly string[]): Pick<Submission, 'dataDisks' | 'mounts'> => {
  const volumes = unique(
    texts.flatMap((text) => parseSupportedVolume(text) ?? []),
    ({ mountPoint }) => mountPoint,
    '--dataVolume: mount point',
  )
  const mounts = volumes.filter((volume) => volume.kind !== 'newDisk')
  return {
    dataDisks: volumes
      .filter((volume) => volume.kind === 'newDisk')
      .map(({ sizeGB, mountPoint }) => ({ sizeGB, mountPoint })),
    ...optional('mounts', mounts.length === 0 ? undefined : mounts),
  }
}

const readAllowFrom = ({ allowFrom, publish }: SubmitBody): readonly string[] | undefined => {
  if (!asksForSomething(allowFrom)) return undefined
  if (!asksForSomething(publish))
    throw invalidArgument('--allowFrom says who may reach published ports: name them with --publish PORT')
  return [...new Set((allowFrom ?? []).map(parseAllowFrom))]
}

const refuseUnsupported = (body: SubmitBody): void => {
  if (asksForSomething(body['securityGroup']))
    throw new UserError(
      'notSupported',
      '--securityGroup: this cloud has no security groups to name; every job gets its own: --publish PORT --allowFrom CIDR',
    )
  for (const [key, value] of Object.entries(body)) {
    if (!KNOWN.has(key) && asksForSomething(value)) {
      throw new UserError('notSupported', `${key} is not supported yet`)
    }
  }
}

/** `""`, 0, false, null and what is empty mean unset. */
export const asksForSomething = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
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
  return script
}

const readTimeLimit = (text: string): number | undefined =>
  text === '' ? undefined : parseDuration(text, '--timeLimit') || undefined

const unique = <T>(items: readonly T[], key: (item: T) => string | number, what: string): readonly T[] => {
  const seen = new Set<string | number>()
  for (const item of items) {
    if (seen.has(key(item))) throw invalidArgument(`${what} ${key(item)} is given twice`)
    seen.add(key(item))
  }
  return items
}

/** `{ [key]: value }`, or nothing: an absent property stays absent. */
const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<K, V>>
