import type { Job, WorkflowId } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import type { WorkflowRecord } from '../ports/records/workflow-record.ts'
import { jobOf, patchJob } from '../transitions.ts'
import { type Failure, type StepContext, type Workflow, WorkflowFailure } from './workflow.ts'

/** An undo that fails is tried again after this long, for ever: leaving things behind is not an option. So is a step past `forwardFrom`. */
const RETRY_MS = 1000

/**
 * Carries a workflow from where its log says it is to its end. Every step's result is durable before the next begins.
 * Returns when it is done or undone; throws only when `stopping` aborts, and then the log tells where to go on.
 */
export const runWorkflow = async (
  deps: EngineDeps,
  workflow: Workflow,
  id: WorkflowId,
  signals: { readonly stopping: AbortSignal; readonly abandon: AbortSignal },
): Promise<void> => {
  let record = await deps.records.read((view) => view.workflow(id))
  if (!record) throw new Error(`workflow ${id} has no record`)
  while (record.direction === 'forward' || record.direction === 'undoing') {
    signals.stopping.throwIfAborted()
    record =
      record.direction === 'forward'
        ? await forward(deps, workflow, record, signals)
        : await backward(deps, workflow, record, signals.stopping)
  }
}

const forward = async (
  deps: EngineDeps,
  workflow: Workflow,
  record: WorkflowRecord,
  signals: { readonly stopping: AbortSignal; readonly abandon: AbortSignal },
): Promise<WorkflowRecord> => {
  const step = workflow.steps[record.next]
  if (!step) return end(deps, workflow, record, undefined)
  const onlyForward = isOnlyForward(workflow, record.next)
  try {
    if (!onlyForward) await refuseUnwanted(deps, record)
    const signal = onlyForward ? signals.stopping : AbortSignal.any([signals.stopping, signals.abandon])
    const output = await step.run(context(deps, record, signal))
    return await save(deps, {
      ...record,
      outputs: { ...record.outputs, [step.name]: output ?? null },
      next: record.next + 1,
    })
  } catch (error) {
    if (signals.stopping.aborted) throw error
    if (onlyForward) {
      deps.log.warn(
        { job: record.jobId, workflow: record.name, step: step.name, err: error },
        'step failed, trying again',
      )
      await deps.clock.sleep(RETRY_MS, signals.stopping)
      return record
    }
    const failure = toFailure(error, signals.abandon.aborted)
    deps.log.warn(
      { job: record.jobId, workflow: record.name, step: step.name, ...causeOf(error) },
      failure.message,
    )
    // The failed step may have done half of its deed: its own undo comes first.
    return await save(deps, { ...record, direction: 'undoing', failure })
  }
}

/** A wish may have changed while this process was not there to be told: the records know. */
const refuseUnwanted = async (deps: EngineDeps, record: WorkflowRecord): Promise<void> => {
  const { wanted } = await deps.records.read((view) => jobOf(view, record.jobId))
  const rests = record.params['afterwards'] === 'rest'
  if (wanted === 'running' || (wanted === 'suspended' && rests)) return
  throw new WorkflowFailure('aborted', `the job is wanted ${wanted}`)
}

const isOnlyForward = ({ steps, forwardFrom }: Workflow, next: number): boolean =>
  forwardFrom !== undefined && next >= steps.findIndex((step) => step.name === forwardFrom)

const backward = async (
  deps: EngineDeps,
  workflow: Workflow,
  record: WorkflowRecord,
  stopping: AbortSignal,
): Promise<WorkflowRecord> => {
  if (record.next < 0) return end(deps, workflow, record, record.failure)
  const step = workflow.steps[record.next]
  try {
    await step?.undo?.(context(deps, record, stopping))
  } catch (error) {
    if (stopping.aborted) throw error
    deps.log.warn(
      { job: record.jobId, workflow: record.name, step: step?.name, err: error },
      'undo failed, trying again',
    )
    await deps.clock.sleep(RETRY_MS, stopping)
    return record
  }
  return save(deps, { ...record, next: record.next - 1 })
}

/** The last write: the workflow is over and the job is free for the next, in one transaction. */
const end = (
  deps: EngineDeps,
  workflow: Workflow,
  record: WorkflowRecord,
  failure: Failure | undefined,
): Promise<WorkflowRecord> =>
  deps.records.write(async (tx) => {
    const at = deps.clock.now()
    const ended: WorkflowRecord = {
      ...record,
      direction: failure ? 'undone' : 'done',
      endedAt: at,
      version: record.version + 1,
    }
    await tx.updateWorkflow(ended)
    let job: Job = await jobOf(tx, record.jobId)
    if (failure) job = await workflow.undone(tx, job, failure, at, record.params)
    await patchJob(tx, job, { clear: ['workflow'] }, at)
    return ended
  })

const save = (deps: EngineDeps, record: WorkflowRecord): Promise<WorkflowRecord> =>
  deps.records.write(async (tx) => {
    const next = { ...record, version: record.version + 1 }
    await tx.updateWorkflow(next)
    return next
  })

const context = (deps: EngineDeps, record: WorkflowRecord, signal: AbortSignal): StepContext => ({
  deps,
  workflow: record,
  jobId: record.jobId,
  params: record.params,
  outputs: record.outputs,
  signal,
})

/** What was foreseen is told by its words; only what was not needs a stack. */
const causeOf = (error: unknown): { readonly err?: unknown } => {
  const found = error instanceof WorkflowFailure ? error.cause : error
  return found === undefined ? {} : { err: found }
}

const toFailure = (error: unknown, abandoned: boolean): Failure => {
  if (abandoned) return { kind: 'aborted', message: 'something else was asked for' }
  if (error instanceof WorkflowFailure) return { kind: error.kind, message: error.message }
  return { kind: 'unknown', message: error instanceof Error ? error.message : String(error) }
}
