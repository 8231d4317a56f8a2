import { brakePolicy, type JobWorld } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import { within } from '../ports/clock.ts'

const ANSWERS_WITHIN_MS = 5000

/**
 * Has the worker of a running job freeze its program in time when memory runs out, if the job would then be moved. Asked
 * for only when the worker's report says otherwise; nobody waits for the answer, the next look sees what came of it.
 */
export const allowBrake = (deps: EngineDeps, { job, instance }: JobWorld, signal: AbortSignal): void => {
  if (job.residence.kind !== 'running' || !instance) return
  const worker = deps.fleet.report(instance.id)?.job
  if (worker?.phase !== 'running') return
  const when = brakePolicy(job, instance.offer)
  if ((worker.brake ?? 'never') === when) return
  within(deps.clock, ANSWERS_WITHIN_MS, signal, (soon) =>
    deps.fleet.ask(instance.id, 'setBrake', { when }, soon),
  ).catch((error: unknown) => {
    if (!signal.aborted) deps.log.warn({ job: job.id, err: error }, 'the worker was not told of the brake')
  })
}
