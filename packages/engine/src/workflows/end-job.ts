import { hasEnded, type Job, type SizeHint } from '@mmcloud/domain'
import { within } from '../ports/clock.ts'
import { forgetVolume } from '../forget-volume.ts'
import { WorkerRefusedError } from '../ports/fleet/fleet.ts'
import type { RecordsTransaction } from '../ports/records/records.ts'
import { VolumeNotFoundError } from '../ports/provider/provider-errors.ts'
import { jobOf, moveJob, patchJob } from '../transitions.ts'
import type { StepContext, Workflow } from '../workflow/workflow.ts'
import { releaseInstance, retireInstance } from './steps/retire.ts'
import { terminateHost } from './steps/terminate-host.ts'
import { withInstance } from './steps/with-instance.ts'

/** A program has this long after SIGTERM; a worker that does not answer in twice the time is ended with its instance. */
const GRACE_SECONDS = 10
const STOP_TIMEOUT_MS = 2 * GRACE_SECONDS * 1000

/** Ends a job: stops its copy if one runs, says how it ended, and gives back everything it held. Never undone, only gone on with. */
export const endJob: Workflow = {
  name: 'end',
  forwardFrom: 'stop',
  steps: [
    { name: 'stop', run: stopCopy },
    { name: 'finish', run: finish },
    { name: 'retire', run: retireAll },
    { name: 'deleteVolumes', run: deleteVolumes },
  ],
  undone: (tx, job, _failure, at) => patchJob(tx, job, {}, at),
}

/** After this step no copy runs: the worker said so, or its instance is gone. */
async function stopCopy(context: StepContext): Promise<void> {
  const { deps, signal } = context
  const job = await deps.records.read((view) => jobOf(view, context.jobId))
  if (context.params['as'] === 'exited' || job.residence.kind !== 'running') return
  const { instance } = job.residence
  try {
    await within(deps.clock, STOP_TIMEOUT_MS, signal, async (soon) => {
      await withInstance({ ...context, signal: soon }, instance, (alive) =>
        deps.fleet.ask(instance, 'stopJob', { graceSeconds: GRACE_SECONDS }, alive),
      )
      await shipLogs(context, soon)
    })
  } catch (error) {
    signal.throwIfAborted()
    const why =
      error instanceof WorkerRefusedError ? 'the worker could not stop the job' : 'the worker did not answer'
    deps.log.warn({ job: job.id, instance, err: error }, `${why}; its instance is ended`)
    await retireInstance(deps, instance, signal)
  }
}

/** The last lines matter most: wait for them as long as the worker is there. */
const shipLogs = async ({ deps, jobId }: StepContext, signal: AbortSignal): Promise<void> => {
  const job = await deps.records.read((view) => jobOf(view, jobId))
  if (job.residence.kind !== 'running') return
  while (!(await deps.fleet.connected(job.residence.instance, signal)).job?.logsShipped)
    await deps.clock.sleep(50, signal)
}

async function finish(context: StepContext): Promise<void> {
  const { deps, jobId } = context
  const hint = await hintOf(context)
  await deps.records.write(async (tx) => {
    const job = await jobOf(tx, jobId)
    if (hasEnded(job.status)) return
    const at = deps.clock.now()
    const ended = await recordEnd(tx, context, job, at)
    if (hint) await moveJob(tx, ended, ended.status, 'nextTime', { flags: hint.flags, why: hint.reason }, at)
  })
}

/** No job is kept from ending for want of it. */
const hintOf = async ({ deps, jobId }: StepContext): Promise<SizeHint | undefined> => {
  const job = await deps.records.read((view) => jobOf(view, jobId))
  try {
    return await deps.usage.sizeHint(job)
  } catch (error) {
    deps.log.warn({ job: jobId, err: error }, 'what it should ask for next time could not be told')
    return undefined
  }
}

const helpOf = ({ spec }: Job): string =>
  spec.migratePolicy.evadeOOM ? 'a larger --mem helps' : 'a larger --mem or evadeOOM=true would have helped'

const recordEnd = (tx: RecordsTransaction, { params }: StepContext, job: Job, at: number): Promise<Job> => {
  const rest = { residence: { kind: 'nowhere' } } as const
  if (params['as'] === 'exited') {
    const exitCode = params['exitCode'] as number
    const limitMiB = params['outOfMemoryMiB'] as number | undefined
    const status = exitCode === 0 ? 'Completed' : 'FailToComplete'
    return limitMiB === undefined
      ? moveJob(tx, job, status, 'exited', { exitCode }, at, { ...rest, exitCode })
      : moveJob(tx, job, status, 'outOfMemory', { exitCode, limitMiB, help: helpOf(job) }, at, {
          ...rest,
          exitCode,
        })
  }
  if (params['as'] !== 'timedout') return moveJob(tx, job, 'Cancelled', 'cancelled', {}, at, rest)
  const limitSeconds = job.spec.timeLimitSeconds ?? 0
  const executing = job.executingSince === undefined ? 0 : Math.max(0, at - job.executingSince)
  const executedSeconds = Math.round((job.executedMs + executing) / 1000)
  return moveJob(tx, job, 'Timedout', 'timeLimitReached', { executedSeconds, limitSeconds }, at, rest)
}

async function retireAll(context: StepContext): Promise<void> {
  const { deps, jobId, signal } = context
  const [instances, { spec }] = await deps.records.read(async (view) => [
    await view.instances({ job: jobId, live: true }),
    await jobOf(view, jobId),
  ])
  for (const { id, state } of instances) {
    if (state === 'ready') await terminateHost(context, id)
    // What was written to a disk that stays is on it before its instance is gone.
    if (state === 'ready' && spec.keptDisks) await releaseInstance(deps, id, signal)
    await retireInstance(deps, id, signal)
  }
}

async function deleteVolumes({ deps, jobId, signal }: StepContext): Promise<void> {
  const volumes = await deps.records.read((view) => view.volumes({ job: jobId, live: true }))
  for (const volume of volumes.filter(({ keptFor }) => keptFor === undefined)) {
    try {
      await deps.provider.deleteVolume(volume.id, signal)
    } catch (error) {
      if (!(error instanceof VolumeNotFoundError)) throw error
    }
    await forgetVolume(deps, volume.id)
  }
}
