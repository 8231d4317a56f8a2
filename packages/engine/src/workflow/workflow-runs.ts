import type { JobId, WorkflowId } from '@mmcloud/domain'
import type { WorkflowName } from '../begin-workflow.ts'
import type { EngineDeps } from '../engine-deps.ts'
import type { WorkflowRecord } from '../ports/records/workflow-record.ts'
import { endJob } from '../workflows/end-job.ts'
import { floatJob } from '../workflows/float-job.ts'
import { placeJob } from '../workflows/place-job.ts'
import { snapshotJob } from '../workflows/snapshot-job.ts'
import { runWorkflow } from './runner.ts'
import type { Workflow } from './workflow.ts'

const WORKFLOWS: Record<WorkflowName, Workflow> = {
  place: placeJob,
  float: floatJob,
  snapshot: snapshotJob,
  end: endJob,
}

/** One that stops for no foreseen reason is taken up again after 1, 2, 4 … s, at most this, until it gets on. */
const MAX_PAUSE_MS = 30_000

/** The workflows being carried out in this process: one per job, each from where its log says it is. */
export class WorkflowRuns {
  readonly #deps: EngineDeps
  readonly #ended: () => void
  readonly #runs = new Map<
    WorkflowId,
    {
      readonly job: JobId
      readonly name: string
      readonly abandon: AbortController
      readonly over: Promise<void>
    }
  >()

  /** `ended` is called whenever one is over: its job is free for the next decision. */
  constructor(deps: EngineDeps, ended: () => void) {
    this.#deps = deps
    this.#ended = ended
  }

  /** Takes up every open workflow of the records that is not being carried out yet. */
  async takeUp(stopping: AbortSignal): Promise<void> {
    for (const record of await this.#deps.records.read((view) => view.openWorkflows())) {
      if (this.#runs.has(record.id)) continue
      const abandon = new AbortController()
      const over = this.#carryOut(record, { stopping, abandon: abandon.signal }).finally(() => {
        this.#runs.delete(record.id)
        this.#ended()
      })
      this.#runs.set(record.id, { job: record.jobId, name: record.name, abandon, over })
    }
  }

  /** Has what is under way for a job undone; the end of a job is never given up. */
  abandon(job: JobId): void {
    for (const run of this.#runs.values()) if (run.job === job && run.name !== 'end') run.abandon.abort()
  }

  async allOver(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.over))
  }

  /** To its end, or until we stop. */
  async #carryOut(
    { id, name, jobId, version }: WorkflowRecord,
    signals: { readonly stopping: AbortSignal; readonly abandon: AbortSignal },
  ): Promise<void> {
    const { clock, log } = this.#deps
    let seen = version
    for (let failures = 0; !signals.stopping.aborted; failures += 1) {
      try {
        return await runWorkflow(this.#deps, WORKFLOWS[name as WorkflowName], id, signals)
      } catch (error) {
        if (signals.stopping.aborted) return
        const now = await this.#versionOf(id)
        if (now > seen) [seen, failures] = [now, 0]
        const pauseMs = Math.min(MAX_PAUSE_MS, 1000 * 2 ** failures)
        log.error(
          { job: jobId, workflow: name, err: error, pauseMs },
          'a workflow stopped; it is taken up again',
        )
        await clock.sleep(pauseMs, signals.stopping).catch(() => undefined)
      }
    }
  }

  /** How far it is; records that cannot be read tell of no progress. */
  async #versionOf(id: WorkflowId): Promise<number> {
    const record = await this.#deps.records.read((view) => view.workflow(id)).catch(() => undefined)
    return record?.version ?? 0
  }
}
