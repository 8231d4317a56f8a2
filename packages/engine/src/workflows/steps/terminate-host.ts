import type { InstanceId } from '@mmcloud/domain'
import { within } from '../../ports/clock.ts'
import { jobOf, moveJob } from '../../transitions.ts'
import type { StepContext } from '../../workflow/workflow.ts'
import { withInstance } from './with-instance.ts'

/** The worker ends the script itself after a minute. */
const ANSWERS_WITHIN_MS = 90_000

/**
 * Has the instance run what the job's owner wants done when the program has left it. Whatever comes of it, the instance is
 * given back: a failure is told, and one that is gone already, or does not answer, is left alone. After a crash it may run
 * twice.
 */
export const terminateHost = async (context: StepContext, instance: InstanceId): Promise<void> => {
  const { deps, jobId, signal } = context
  const { spec } = await deps.records.read((view) => jobOf(view, jobId))
  if (spec.hostTerminate === undefined) return
  const params = { jobId, script: spec.hostTerminate, env: { ...spec.env } }
  try {
    const { exitCode, said } = await within(deps.clock, ANSWERS_WITHIN_MS, signal, (soon) =>
      withInstance({ ...context, signal: soon }, instance, (alive) =>
        deps.fleet.ask(instance, 'terminateHost', params, alive),
      ),
    )
    await deps.records.write(async (tx) => {
      const job = await jobOf(tx, jobId)
      const numbers = { instance, exitCode, said: lastLine(said) }
      await moveJob(tx, job, job.status, 'hostTerminated', numbers, deps.clock.now())
    })
  } catch (error) {
    signal.throwIfAborted()
    deps.log.warn({ job: jobId, instance, err: error }, 'hostTerminate could not be run')
  }
}

const lastLine = (said: string): string => said.slice(said.lastIndexOf('\n') + 1) || 'it said nothing'
