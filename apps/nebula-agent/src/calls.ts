import type { EventEmitter } from 'node:events'
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { type Agent, AGENT, AGENT_NAME, jobIn, metaOf, refuseOther, TASK_TYPE } from './agent.ts'
import type { AgentMetrics } from './agent-metrics.ts'
import {
  type CreateTaskRequest,
  CreateTaskResponse,
  type DeleteTaskRequest,
  DeleteTaskResponse,
  GetAgentResponse,
  type GetTaskLogsRequest,
  type GetTaskLogsResponse,
  type GetTaskMetricsRequest,
  GetTaskMetricsResponse,
  type GetTaskRequest,
  GetTaskResponse,
  ListAgentsResponse,
  type TaskCategory,
} from './generated/flyteidl/admin/agent.ts'
import type {
  AgentMetadataServiceServer,
  AsyncAgentServiceServer,
  SyncAgentServiceServer,
} from './generated/flyteidl/service/agent.ts'
import { NotServedError, type Refusal, refusalOf } from './grpc-status.ts'

/** What happened to a call that failed, and about which task; the engine was told less. */
export type Log = (operation: string, error: unknown, about?: string) => void

type Counted = { readonly metrics: AgentMetrics; readonly log: Log; readonly now: () => number }

/** The engine's calls about tasks. */
export const taskCalls = (agent: Agent, counted: Counted): AsyncAgentServiceServer => ({
  createTask: unary(
    counted,
    'create',
    ({ template }: CreateTaskRequest) => template?.type ?? '',
    ({ taskExecutionMetadata }) =>
      taskExecutionMetadata?.taskExecutionId?.nodeExecutionId?.executionId?.name ?? '',
    async (request, call) =>
      CreateTaskResponse.fromPartial({ resourceMeta: metaOf(await agent.create(request, goneSignal(call))) }),
  ),
  getTask: unary(counted, 'get', typeOf, metaIn, async (request: GetTaskRequest, call) => {
    const signal = patienceOf(call, counted)
    return GetTaskResponse.fromPartial({ resource: await agent.get(jobIn(request.resourceMeta), signal) })
  }),
  deleteTask: unary(counted, 'delete', typeOf, metaIn, async (request: DeleteTaskRequest) => {
    await agent.delete(jobIn(request.resourceMeta))
    return DeleteTaskResponse.fromPartial({})
  }),
  getTaskMetrics: unary(counted, 'metrics', typeOf, metaIn, async (request: GetTaskMetricsRequest) =>
    GetTaskMetricsResponse.fromPartial({
      results: await agent.metrics(jobIn(request.resourceMeta), request),
    }),
  ),
  getTaskLogs: (call) => void streamLogs(agent, counted, call),
})

/** What the engine asks to learn who serves which tasks. */
export const metadataCalls: AgentMetadataServiceServer = {
  listAgents: (_call, callback) => callback(null, ListAgentsResponse.fromPartial({ agents: [AGENT] })),
  getAgent: ({ request }, callback) =>
    request.name === AGENT_NAME
      ? callback(null, GetAgentResponse.fromPartial({ agent: AGENT }))
      : callback(refusalOf(new NotServedError(`Cannot find agent for name: ${request.name}.`))),
}

/** No task of ours is done within one call. */
export const syncCalls: SyncAgentServiceServer = {
  executeTaskSync: (call) =>
    refuse(call, { code: status.UNIMPLEMENTED, details: 'tasks run as jobs: CreateTask' }),
}

/** Longer than the OpCenter takes for an answer when all is well; engines wait 3 to 10 s. */
const PATIENCE_MS = 8000
/** Of the time a caller gives, the rest is for the way back. */
const SHARE = 0.8

/**
 * Ends while the caller can still be told something: an engine counts an answer that comes too late as an error. Only Get
 * needs it. A Delete that nobody waits for goes on: it will be asked for again, and then has been done.
 */
const patienceOf = (call: ServerUnaryCall<unknown, unknown>, { now }: Counted): AbortSignal => {
  const left = Number(call.getDeadline()) - now()
  return AbortSignal.timeout(Math.max(0, Math.min(PATIENCE_MS, Math.floor(SHARE * left))))
}

/** Aborted when the caller has given up, or its time is over. */
const goneSignal = (call: EventEmitter): AbortSignal => {
  const gone = new AbortController()
  call.on('cancelled', () => gone.abort())
  return gone.signal
}

type Typed = {
  readonly taskType: string
  readonly taskCategory: TaskCategory | undefined
  readonly resourceMeta: Uint8Array
}

/** For the log: what this agent answered to Create, if the caller has it from there. */
const metaIn = ({ resourceMeta }: Typed): string => Buffer.from(resourceMeta).toString('utf8').slice(0, 100)

const typeOf = ({ taskType, taskCategory }: Typed): string => taskCategory?.name || taskType

const unary =
  <Q, A>(
    counted: Counted,
    operation: string,
    taskType: (request: Q) => string,
    about: (request: Q) => string,
    answer: (request: Q, call: ServerUnaryCall<Q, A>) => Promise<A>,
  ) =>
  (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>): void => {
    const type = taskType(call.request)
    const respond = async (): Promise<void> => {
      let value: A
      try {
        value = await watched(counted, operation, type, about(call.request), async () => {
          refuseOther(type)
          return answer(call.request, call)
        })
      } catch (error) {
        return callback(refusalOf(error))
      }
      callback(null, value)
    }
    void respond()
  }

const streamLogs = async (
  agent: Agent,
  counted: Counted,
  call: ServerWritableStream<GetTaskLogsRequest, GetTaskLogsResponse>,
): Promise<void> => {
  const { request } = call
  const type = typeOf(request)
  try {
    await watched(counted, 'logs', type, metaIn(request), async () => {
      refuseOther(type)
      for await (const part of agent.logs(jobIn(request.resourceMeta), request.token, request.lines))
        call.write(part)
    })
    call.end()
  } catch (error) {
    refuse(call, refusalOf(error))
  }
}

/** A stream tells its status so; destroyed, it would leave its caller to wait. */
const refuse = (call: EventEmitter, refusal: Refusal): void =>
  void call.emit('error', Object.assign(new Error(refusal.details), refusal))

const watched = async <T>(
  { metrics, log, now }: Counted,
  operation: string,
  taskType: string,
  about: string,
  work: () => Promise<T>,
): Promise<T> => {
  const began = now()
  // Who asks says the type, and each that Prometheus hears is kept: ours has a name, the others have one together.
  const counted = taskType === TASK_TYPE ? taskType : 'other'
  try {
    const value = await work()
    metrics.succeeded(counted, operation, (now() - began) / 1000)
    return value
  } catch (error) {
    metrics.failed(counted, operation, status[refusalOf(error).code] ?? '', (now() - began) / 1000)
    log(operation, error, about)
    throw error
  }
}
