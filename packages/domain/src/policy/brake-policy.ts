import type { Job } from '../job/job.ts'
import type { BrakePolicy } from '../usage/should-brake.ts'

/**
 * When the worker of this job may freeze it. Where it may have no more memory nobody would ever let it go on; where no more
 * is to be had now, it works on as long as it can. What its cores ask for has nothing to do with that.
 */
export const brakePolicy = (
  { spec, stuck = {} }: Pick<Job, 'spec' | 'stuck'>,
  present: { readonly memGB: number },
): BrakePolicy => {
  const { evadeOOM, mem } = spec.migratePolicy
  const most = Math.min(mem.limit ?? Infinity, spec.memGB.max ?? Infinity)
  if (spec.migrateDisabled || !evadeOOM || present.memGB >= most) return 'never'
  const waits = Object.keys(stuck).some((rule) => rule === 'evadeOOM' || rule.startsWith('mem.'))
  return waits ? 'late' : 'early'
}
