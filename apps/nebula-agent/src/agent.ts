import type { RestResponse, SubmitBody } from '@mmcloud/contract'
import { UnreachableError } from '@mmcloud/client'
import { hasEnded, JOB_STATUSES } from '@mmcloud/domain'
import { IDEMPOTENCY_KEY_HEADER, IDEMPOTENCY_REQUEST_HEADER } from '@mmcloud/contract/rest/idempotency'
import { UserError } from '@mmcloud/contract/user-error'
import {
  Agent as AgentMessage,
  type CreateTaskRequest,
  GetTaskLogsResponse,
  type GetTaskMetricsRequest,
  type Resource,
} from './generated/flyteidl/admin/agent.ts'
import type { ExecutionMetricResult } from './generated/flyteidl/core/metrics.ts'
import { NotServedError } from './grpc-status.ts'
import { askedUntil, type OpenCenter } from './open-center.ts'
import { readLogs } from './read-logs.ts'
import { type StatusOptions, TaskStatus } from './task-status.ts'
import { Turns } from './turns.ts'
import {
  ABORTED_TAG,
  ATTEMPT_TAG,
  earlierKeys,
  idempotencyKey,
  InvalidTaskError,
  jobOfTask,
  type ReadFlags,
  TASK_TAG,
} from './task-to-job.ts'

export const TASK_TYPE = 'mmcloud_task'
export const AGENT_NAME = 'MMCloud Agent'

/** As its users' engine sees it, whatever its version. */
export const AGENT: AgentMessage = AgentMessage.fromPartial({
  name: AGENT_NAME,
  isSync: false,
  supportedTaskTypes: [TASK_TYPE],
  supportedTaskCategories: [{ name: TASK_TYPE, version: 0 }],
})

const NOT_ENDED = JOB_STATUSES.filter((status) => !hasEnded(status))
  .map((status) => `status=${status}`)
  .join(' or ')

/** A page of a log stream is at most so many lines. */
const MOST_LINES = 1000

/** Runs tasks of the engine as jobs of the OpCenter. Keeps nothing of its own that a replica beside it would need. */
export class Agent {
  readonly #center: OpenCenter
  readonly #readFlags: ReadFlags
  readonly #status: TaskStatus
  readonly #turns = new Turns()
  /** Creates under way: an engine that asks again while it waits is answered by the same. */
  readonly #creating = new Map<
    string,
    { readonly answer: Promise<string>; readonly callers: AbortSignal[] }
  >()

  constructor(center: OpenCenter, options: { readonly readFlags: ReadFlags } & StatusOptions) {
    this.#center = center
    this.#readFlags = options.readFlags
    this.#status = new TaskStatus(options)
  }

  /**
   * The job of the task; asked again for the same execution it is the same job. Once it is sent it goes on though `gone` says
   * that nobody waits: it will be asked for again. What still waits for its turn then is dropped: the engine may never ask for
   * it again, and nobody would know of its job. Nor does anybody of what an earlier attempt has left: it is ended first.
   */
  async create(request: CreateTaskRequest, gone: AbortSignal): Promise<string> {
    const body: SubmitBody = jobOfTask(request, this.#readFlags)
    const key = idempotencyKey(request)
    if (key === undefined) return this.#submit(body, {}, [gone])
    const underWay = this.#creating.get(key)
    if (underWay) {
      underWay.callers.push(gone)
      return underWay.answer
    }
    // The key names the execution: another release of this agent may tell the same task in other words.
    const headers = { [IDEMPOTENCY_KEY_HEADER]: key, [IDEMPOTENCY_REQUEST_HEADER]: 'any' }
    const callers = [gone]
    const answer = this.#endAttempts(earlierKeys(request))
      .then(() => this.#submit(body, headers, callers))
      .finally(() => this.#creating.delete(key))
    this.#creating.set(key, { answer, callers })
    return answer
  }

  #submit(
    body: SubmitBody,
    headers: Readonly<Record<string, string>>,
    callers: readonly AbortSignal[],
  ): Promise<string> {
    return this.#turns.take(body.image ?? '', async () => {
      if (callers.every(({ aborted }) => aborted)) throw new UnreachableError('nobody waits for it any more')
      const { id } = await this.#center.call('submitJob', { body, headers })
      this.#status.created(id, this.#center)
      return id
    })
  }

  /**
   * The engine begins a next attempt when it has given up the one before. Of one whose Create was never answered it has no job
   * to delete: that would run on beside the next.
   */
  async #endAttempts(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    await Promise.allSettled(keys.flatMap((key) => this.#creating.get(key)?.answer ?? []))
    const { Jobs: running } = await this.#center.call('jobPages', { query: { filter: NOT_ENDED } })
    const left = running.filter(
      ({ customTags }) => TASK_TAG in customTags && keys.includes(customTags[ATTEMPT_TAG] ?? ''),
    )
    // A copy that another user has made of one, by a template, is that user's.
    for (const { id } of left) await ignoring(['forbidden'], this.delete(id))
  }

  /** What is known of it by the time `signal` says that its caller waits no longer. */
  get(job: string, signal: AbortSignal): Promise<Resource> {
    return this.#status.of(job, askedUntil(this.#center, signal))
  }

  /** Ends the job; one that has ended, or is not there, is as it should be. */
  async delete(job: string): Promise<void> {
    const params = { id: job }
    await ignoring(['notFound'], this.#status.refuseOthers(job, this.#center))
    // First: whoever is asked for its phase afterwards has to know that the engine wanted it so.
    await ignoring(
      ['conflict', 'notFound'],
      this.#center.call('modifyJob', { params, body: { customTags: { [ABORTED_TAG]: 'true' } } }),
    )
    await ignoring(['notFound'], this.#center.call('cancelJob', { params }))
    this.#status.aborted(job, this.#center)
  }

  /** What it wrote, from where `token` says, as far as there is any; the last part holds the token of what comes after. */
  async *logs(job: string, token: string, lines: number): AsyncGenerator<GetTaskLogsResponse> {
    await this.#status.refuseOthers(job, this.#center)
    const most = lines > 0 ? Math.min(lines, MOST_LINES) : MOST_LINES
    const { results, next } = await readLogs(this.#center, job, token, most)
    if (results.length > 0)
      yield GetTaskLogsResponse.fromPartial({
        part: { $case: 'body', value: { results: [...results], structuredLines: [] } },
      })
    yield GetTaskLogsResponse.fromPartial({ part: { $case: 'header', value: { token: next } } })
  }

  /** What the job uses, as Prometheus would answer a range query. */
  async metrics(job: string, request: GetTaskMetricsRequest): Promise<ExecutionMetricResult[]> {
    await this.#status.refuseOthers(job, this.#center)
    const query = {
      ...(request.startTime ? { from: request.startTime.toISOString() } : {}),
      ...(request.endTime ? { to: request.endTime.toISOString() } : {}),
    }
    const usage = await this.#center.call('samples', { params: { id: job }, query })
    return Object.entries(METRICS)
      .filter(([metric]) => request.queries.length === 0 || request.queries.includes(metric))
      .map(([metric, column]) => ({ metric, data: matrix(metric, usage, column) }))
  }
}

type Usage = RestResponse<'samples'>

const METRICS: Readonly<Record<string, (usage: Usage) => readonly (number | null)[]>> = {
  EXECUTION_METRIC_USED_CPU_AVG: ({ series }) => series.cpuPercent.map(cores),
  EXECUTION_METRIC_USED_MEMORY_BYTES_AVG: ({ series }) => series.memBytes,
  EXECUTION_METRIC_ALLOCATED_CPU_AVG: ({ series }) => series.capacityCpu,
  EXECUTION_METRIC_ALLOCATED_MEMORY_BYTES_AVG: ({ series }) => series.capacityMemBytes,
}

const cores = (percent: number | null): number | null => (percent === null ? null : percent / 100)

const matrix = (
  metric: string,
  usage: Usage,
  column: (usage: Usage) => readonly (number | null)[],
): Record<string, unknown> => {
  const values = column(usage).flatMap((value, at) => {
    const instant = usage.at[at]
    return value === null || instant === undefined ? [] : [[instant / 1000, String(value)]]
  })
  return { resultType: 'matrix', result: [{ metric: { __name__: metric }, values }] }
}

/** What `CreateTaskResponse` carries, and every later call brings back. */
export const metaOf = (job: string): Buffer => Buffer.from(JSON.stringify({ job_id: job }))

/** Throws `InvalidTaskError` where it is none of ours. */
export const jobIn = (meta: Uint8Array): string => {
  try {
    const { job_id: job } = JSON.parse(Buffer.from(meta).toString('utf8')) as { readonly job_id?: unknown }
    if (typeof job === 'string' && job !== '') return job
  } catch {
    // Told below.
  }
  throw new InvalidTaskError('resource_meta is not what this agent answered to Create')
}

/** Throws `NotServedError` for a type of task that runs elsewhere. */
export const refuseOther = (taskType: string): void => {
  if (taskType !== TASK_TYPE) throw new NotServedError(`Cannot find connector for task type: ${taskType}.`)
}

const ignoring = async (kinds: readonly string[], asked: Promise<unknown>): Promise<void> => {
  try {
    await asked
  } catch (error) {
    if (!(error instanceof UserError) || !kinds.includes(error.kind)) throw error
  }
}
