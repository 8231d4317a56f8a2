import type { JobId, WorkflowId } from '@mmcloud/domain'
import type { WorkflowName } from '../begin-workflow.ts'
import type { EngineDeps } from '../engine-deps.ts'
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
      const over = runWorkflow(this.#deps, WORKFLOWS[record.name as WorkflowName], record.id, {
        stopping,
        abandon: abandon.signal,
      })
        .catch((error: unknown) => {
          if (!stopping.aborted)
            this.#deps.log.error(
              { job: record.jobId, workflow: record.name, err: error },
              'a workflow stopped; it is taken up again',
            )
        })
        .finally(() => {
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
}
