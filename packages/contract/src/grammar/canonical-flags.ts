import { DEFAULT_MIGRATE_POLICY, DEFAULT_VM_POLICY } from '@mmcloud/domain'
import { formatDataVolumes } from './data-volume.ts'
import { formatDuration } from './duration.ts'
import { formatContainerOptions, formatDirMap } from './host-options.ts'
import { formatMigratePolicy } from './migrate-policy.ts'
import { formatPublish } from './publish.ts'
import { formatRange } from './range.ts'
import type { Submission } from './submission.ts'
import { formatTypeList } from './type-list.ts'
import { formatVmPolicy } from './vm-policy.ts'

/** Names under which people keep what nobody else should read. */
const SECRET_NAME = /pass|secret|token|credential|private|api_?key|access_?key/i

/** The flags that submit this job again, quoted for a shell; values that look like secrets are shown as `***`. */
export const canonicalFlags = (s: Omit<Submission, 'inputArgs'>): string => {
  const flags: string[] = ['--image', s.imageName]
  if (s.name !== undefined) flags.push('--name', s.name)
  if (s.instanceType !== undefined) flags.push('--instType', s.instanceType)
  if (s.types?.allow.length) flags.push('--allowList', formatTypeList(s.types.allow))
  if (s.types?.deny.length) flags.push('--denyList', formatTypeList(s.types.deny))
  flags.push('--cpu', formatRange(s.cpu), '--mem', formatRange(s.memGB))
  for (const [key, value] of Object.entries(s.env)) flags.push('--env', `${key}=${shown(key, value)}`)
  for (const volume of formatDataVolumes(s)) flags.push('--dataVolume', volume)
  if (s.imageVolumeGB !== undefined) flags.push('--imageVolSize', String(s.imageVolumeGB))
  for (const map of s.dirMaps ?? []) flags.push('--dirMap', formatDirMap(map))
  if (s.asRoot) flags.push('--withRoot')
  const options = formatContainerOptions(s)
  if (options !== '') flags.push('--extraContainerOpts', options)
  if (s.hostInit !== undefined) flags.push('--hostInit', '(script)')
  if (s.hostTerminate !== undefined) flags.push('--hostTerminate', '(script)')
  for (const mapping of s.publish) flags.push('--publish', formatPublish(mapping))
  if (s.gateway) flags.push('--gateway', s.gateway.id, '--targetPort', String(s.gateway.targetPort))
  for (const network of s.allowFrom ?? []) flags.push('--allowFrom', network)
  const policy = formatVmPolicy(s.vmPolicy)
  if (policy !== formatVmPolicy(DEFAULT_VM_POLICY)) flags.push('--vmPolicy', policy)
  const migrate = formatMigratePolicy(s.migratePolicy)
  if (migrate !== formatMigratePolicy(DEFAULT_MIGRATE_POLICY)) flags.push('--migratePolicy', migrate)
  if (s.timeLimitSeconds !== undefined) flags.push('--timeLimit', formatDuration(s.timeLimitSeconds))
  if (!s.rerunAllowed) flags.push('--disableRerun')
  if (s.migrateDisabled) flags.push('--disableMigrate')
  for (const [key, value] of sortedTags(s.customTags)) flags.push('--customTag', `${key}:${value}`)
  return flags.map(shellWord).join(' ')
}

const sortedTags = (tags: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))

const shown = (key: string, value: string): string =>
  SECRET_NAME.test(key) && !/^\{secret:[\w-]+\}$/.test(value) ? '***' : value

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
