import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { expect, onTestFinished } from 'vitest'
import { FakeCenter } from './fake-center.ts'
import {
  CreateTaskRequest,
  GetTaskLogsRequest,
  type GetTaskLogsResponse,
  type GetTaskResponse,
} from './generated/flyteidl/admin/agent.ts'
import { AsyncAgentServiceClient } from './generated/flyteidl/service/agent.ts'
import { serveAgent } from './serve.ts'

/** An agent at a port of its own, and a connection to it, both until the test ends. */
export const start = async ({ retryable = false } = {}) => {
  const center = new FakeCenter()
  const clock = { now: 0 }
  const log: string[] = []
  const agent = await serveAgent(center, {
    host: '127.0.0.1',
    port: 0,
    prometheusPort: 0,
    metricPrefix: 'flyte_agent_',
    retryable,
    readFlags: () => ({}),
    log: (operation, error) => log.push(`${operation}: ${String(error)}`),
    now: () => clock.now,
  })
  const at = [`127.0.0.1:${agent.port}`, credentials.createInsecure()] as const
  const tasks = new AsyncAgentServiceClient(...at)
  let drained: Promise<void> | undefined
  const drain = (): Promise<void> => (drained ??= agent.drain(1000))
  onTestFinished(async () => {
    tasks.close()
    await drain()
  })
  return { agent, at, center, clock, drain, log, tasks }
}

export type Started = Awaited<ReturnType<typeof start>>

/** As the engine sends it, for an execution of this name. */
export const taskNamed = (execution: string, type = 'mmcloud_task'): CreateTaskRequest =>
  CreateTaskRequest.fromPartial({
    template: {
      type,
      id: { name: 'flows.to_str' },
      target: { $case: 'container', value: { image: 'task', args: ['true'] } },
    },
    outputPrefix: `s3://data/${execution}`,
    taskExecutionMetadata: {
      taskExecutionId: { nodeExecutionId: { nodeId: 'n0', executionId: { name: execution } } },
    },
  })

export const create = ({ tasks }: Started, request: CreateTaskRequest): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    tasks.createTask(request, (error, answer) =>
      error ? reject(error) : resolve(answer.resourceMeta as Buffer),
    ),
  )

export const get = (
  { tasks }: Started,
  resourceMeta: Buffer,
  options: { readonly deadline?: number } = {},
): Promise<NonNullable<GetTaskResponse['resource']>> =>
  new Promise((resolve, reject) =>
    tasks.getTask(
      { taskType: 'mmcloud_task', resourceMeta } as never,
      new Metadata(),
      options,
      (error, answer) => (error ? reject(error) : resolve(answer.resource!)),
    ),
  )

export const remove = ({ tasks }: Started, resourceMeta: Buffer): Promise<void> =>
  new Promise((resolve, reject) =>
    tasks.deleteTask({ taskType: 'mmcloud_task', resourceMeta } as never, (error) =>
      error ? reject(error) : resolve(),
    ),
  )

/** Of a call that has to be refused, why. */
export const refusal = async (asked: Promise<unknown>): Promise<{ code: string; details: string }> => {
  const error = await asked.then(
    () => expect.fail('it was not refused'),
    (refused: ServiceError) => refused,
  )
  return { code: status[error.code]!, details: error.details }
}

/** One page of a task’s log, and the token of the next. */
export const logOf = async (
  { tasks }: Started,
  resourceMeta: Buffer,
  asked: { lines?: number; token?: string },
): Promise<{ lines: readonly string[]; token: string }> => {
  const request = GetTaskLogsRequest.fromPartial({ taskType: 'mmcloud_task', resourceMeta, ...asked })
  const parts: NonNullable<GetTaskLogsResponse['part']>[] = []
  for await (const { part } of tasks.getTaskLogs(request) as AsyncIterable<GetTaskLogsResponse>)
    parts.push(part!)
  return {
    lines: parts.flatMap((part) => (part.$case === 'body' ? part.value.results : [])),
    token: parts.flatMap((part) => (part.$case === 'header' ? [part.value.token] : []))[0] ?? '',
  }
}
