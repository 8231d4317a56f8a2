import type { BrakePolicy, Job } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import { within } from '../ports/clock.ts'

const ANSWERS_WITHIN_MS = 5000

/**
 * Has the worker of a running job freeze its program in time when memory runs out, if the job would then be moved. Asked
 * for only when the worker's report says otherwise; nobody waits for the answer, the next look sees what came of it.
 */
export const allowBrake = (deps: EngineDeps, job: Job, signal: AbortSignal): void => {
  if (job.residence.kind !== 'running') return
  const { instance } = job.residence
  const worker = deps.fleet.report(instance)?.job
  if (worker?.phase !== 'running') return
  const when = brakeFor(job)
  if ((worker.brake ?? 'never') === when) return
  within(deps.clock, ANSWERS_WITHIN_MS, signal, (soon) =>
    deps.fleet.ask(instance, 'setBrake', { when }, soon),
  ).catch((error: unknown) => {
    if (!signal.aborted) deps.log.warn({ job: job.id, err: error }, 'the worker was not told of the brake')
  })
}

/**
 * At its limit of memory nobody would ever let it go on; where no more memory is to be had now, it works on as long as it
 * can. What its cores ask for has nothing to do with that.
 */
const brakeFor = ({ spec, stuck = {} }: Job): BrakePolicy => {
  const memory = Object.entries(stuck).filter(([rule]) => rule === 'evadeOOM' || rule.startsWith('mem.'))
  if (spec.migrateDisabled || !spec.migratePolicy.evadeOOM || memory.some(([, { why }]) => why === 'atLimit'))
    return 'never'
  return memory.length > 0 ? 'late' : 'early'
}
