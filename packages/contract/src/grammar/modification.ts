import { invalidArgument, type JobSpec } from '@mmcloud/domain'
import type { ModifyBody } from '../rest/jobs.ts'
import { canonicalFlags } from './canonical-flags.ts'
import { checkTag } from './key-value.ts'
import { checkLimits, parseMigratePolicy } from './migrate-policy.ts'
import { parseRange } from './range.ts'
import { parseVmPolicy } from './vm-policy.ts'

/** What is to be changed of a job that is there already. */
export type Modification = {
  /** Pure; throws with the flag's name what cannot be. */
  readonly change: (spec: JobSpec) => JobSpec
  /** Whether CPU, memory or type are among the changes. */
  readonly bounds: boolean
  /** For the job's history: `migratePolicy mem.step=100, mem 2:8`. */
  readonly told: string
}

/** Reads a posted change. What is absent or `""` stays; a size alone frees the type, as it does for a move. */
export const readModification = (body: ModifyBody): Modification => {
  const cpu = parseRange(body.cpu ?? '', '--cpu')
  const memGB = parseRange(body.mem ?? '', '--mem')
  const instanceType = body.instType?.trim() || undefined
  const vmPolicy = body.vmPolicy ? parseVmPolicy(body.vmPolicy) : undefined
  const tags = Object.fromEntries(
    Object.entries(body.customTags ?? {}).map(([key, value]) => checkTag(key, value)),
  )
  const bounds = cpu !== undefined || memGB !== undefined || instanceType !== undefined
  const told = [
    ...(body.migratePolicy ? [`migratePolicy ${body.migratePolicy}`] : []),
    ...(body.vmPolicy ? [`vmPolicy ${body.vmPolicy}`] : []),
    ...(body.cpu ? [`cpu ${body.cpu}`] : []),
    ...(body.mem ? [`mem ${body.mem}`] : []),
    ...(instanceType ? [`type ${instanceType}`] : []),
    ...Object.keys(tags).map((key) => `tag ${key}`),
  ]
  if (told.length === 0) throw invalidArgument('nothing to change: give a policy, a size, a type or a tag')
  const change = (spec: JobSpec): JobSpec => {
    const { instanceType: typeBefore, ...rest } = spec
    const type = instanceType ?? (bounds ? undefined : typeBefore)
    const changed = {
      ...rest,
      ...(type === undefined ? {} : { instanceType: type }),
      cpu: cpu ?? spec.cpu,
      memGB: memGB ?? spec.memGB,
      vmPolicy: vmPolicy ?? spec.vmPolicy,
      migratePolicy: body.migratePolicy
        ? parseMigratePolicy(body.migratePolicy, spec.migratePolicy)
        : spec.migratePolicy,
      customTags: { ...spec.customTags, ...tags },
    }
    checkLimits(changed.migratePolicy, changed)
    return { ...changed, inputArgs: canonicalFlags({ ...changed, imageName: spec.image.name }) }
  }
  return { change, bounds, told: told.join(', ') }
}
