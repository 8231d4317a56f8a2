import { DEFAULT_MIGRATE_POLICY } from '@mmcloud/domain'
import type { SubmitBody } from '../rest/jobs.ts'
import { formatDataVolumes } from './data-volume.ts'
import { formatDuration } from './duration.ts'
import { formatContainerOptions, formatDirMap } from './host-options.ts'
import { parseEnv } from './key-value.ts'
import { formatMigratePolicy, parseMigratePolicy } from './migrate-policy.ts'
import { formatPublish, parsePublish } from './publish.ts'
import { formatRange } from './range.ts'
import type { Submission } from './submission.ts'
import { formatTypeList } from './type-list.ts'
import { asksForSomething } from './unset.ts'
import { formatVmPolicy } from './vm-policy.ts'

/**
 * The request that makes this configuration again: `readSubmission` reads the same out of it. Holds values in clear, but
 * for the keys of volumes, which are references to secrets in every job.
 */
export const requestOf = (spec: Omit<Submission, 'inputArgs'>): SubmitBody => ({
  image: spec.imageName,
  ...(spec.name === undefined ? {} : { name: spec.name }),
  cpu: formatRange(spec.cpu),
  mem: formatRange(spec.memGB),
  envs: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
  dataVolumes: [...formatDataVolumes(spec)],
  ...(spec.imageVolumeGB === undefined ? {} : { imageVolSize: spec.imageVolumeGB }),
  ...(spec.asRoot ? { withRoot: true } : {}),
  ...(spec.dirMaps ? { dirMaps: spec.dirMaps.map(formatDirMap) } : {}),
  ...(formatContainerOptions(spec) === '' ? {} : { extraContainerOpts: formatContainerOptions(spec) }),
  ...(spec.hostInit === undefined ? {} : { hostInit: spec.hostInit }),
  ...(spec.hostTerminate === undefined ? {} : { hostTerminate: spec.hostTerminate }),
  publish: spec.publish.map(formatPublish),
  ...(spec.allowFrom === undefined ? {} : { allowFrom: [...spec.allowFrom] }),
  ...(spec.gateway ? { gateway: spec.gateway.id, targetPort: spec.gateway.targetPort } : {}),
  customTags: { ...spec.customTags },
  vmPolicy: formatVmPolicy(spec.vmPolicy),
  migratePolicy: formatMigratePolicy(spec.migratePolicy),
  ...(spec.script === undefined ? {} : { jobContent: spec.script }),
  ...(spec.instanceType === undefined ? {} : { instType: spec.instanceType }),
  ...(spec.types?.allow.length ? { allowList: formatTypeList(spec.types.allow) } : {}),
  ...(spec.types?.deny.length ? { denyList: formatTypeList(spec.types.deny) } : {}),
  ...(spec.timeLimitSeconds === undefined ? {} : { timeLimit: formatDuration(spec.timeLimitSeconds) }),
  ...(spec.rerunAllowed ? {} : { disableRerun: true }),
  ...(spec.migrateDisabled ? { disableMigrate: true } : {}),
})

/**
 * `over` laid on top of `base`: what asks for something replaces; variables, volumes, ports and tags one by one, by their
 * name; of the policy for the size the keys that are given. A size without a type frees the type, as it does for a move.
 */
export const overlay = (base: SubmitBody, over: SubmitBody): SubmitBody => {
  const given = Object.fromEntries(Object.entries(over).filter(([, value]) => asksForSomething(value)))
  const merged: SubmitBody = {
    ...base,
    ...given,
    envs: byName(base.envs, over.envs, (text) => parseEnv(text)[0]),
    dataVolumes: byName(base.dataVolumes, over.dataVolumes, mountPointOf),
    publish: byName(base.publish, over.publish, (text) => String(parsePublish(text).hostPort)),
    customTags: { ...base.customTags, ...over.customTags },
  }
  if (base.migratePolicy && over.migratePolicy) {
    const before = parseMigratePolicy(base.migratePolicy, DEFAULT_MIGRATE_POLICY)
    merged.migratePolicy = formatMigratePolicy(parseMigratePolicy(over.migratePolicy, before))
  }
  if (('cpu' in given || 'mem' in given) && !('instType' in given)) delete merged.instType
  return merged
}

/** What `over` changes, for a job's history: `cpu 4, env LEVEL`. Values that may be secrets are not in it. */
export const changesIn = (over: SubmitBody): string =>
  Object.entries(over)
    .filter(([, value]) => asksForSomething(value))
    .flatMap(([key, value]) => {
      if (key === 'envs') return (over.envs ?? []).map((text) => `env ${parseEnv(text)[0]}`)
      if (key === 'dataVolumes') return (over.dataVolumes ?? []).map((text) => `volume ${mountPointOf(text)}`)
      if (key === 'customTags') return Object.keys(over.customTags ?? {}).map((tag) => `tag ${tag}`)
      if (key === 'hostInit' || key === 'hostTerminate') return [key]
      return key === 'jobContent' ? ['script'] : [`${key} ${String(value)}`]
    })
    .join(', ')

const byName = (
  base: readonly string[] | null | undefined,
  over: readonly string[] | null | undefined,
  name: (text: string) => string,
): string[] => {
  const known = (base ?? []).filter(asksForSomething).map((text) => [name(text), text] as const)
  const given = (over ?? []).filter(asksForSomething).map((text) => [name(text), text] as const)
  return [...new Map([...known, ...given]).values()]
}

const mountPointOf = (text: string): string => text.slice(text.lastIndexOf(':') + 1).replace(/\/+$/, '')
