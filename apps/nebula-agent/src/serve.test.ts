import { promisify } from 'node:util'
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { UnreachableError, UntrustedError } from '@mmcloud/client'
import { UserError } from '@mmcloud/contract/user-error'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FakeCenter } from './fake-center.ts'
import {
  CreateTaskRequest,
  GetTaskLogsRequest,
  type GetTaskLogsResponse,
  GetTaskMetricsRequest,
  type GetTaskResponse,
} from './generated/flyteidl/admin/agent.ts'
import { TaskExecution_Phase as Phase } from './generated/flyteidl/core/execution.ts'
import {
  AgentMetadataServiceClient,
  AsyncAgentServiceClient,
  SyncAgentServiceClient,
} from './generated/flyteidl/service/agent.ts'
import {
  HealthCheckResponse_ServingStatus as Serving,
  HealthClient,
} from './generated/grpc/health/v1/health.ts'
import {
  ServerReflectionClient,
  type ServerReflectionResponse,
} from './generated/grpc/reflection/v1/reflection.ts'
import { serveAgent } from './serve.ts'

/** An agent at a port of its own, and a connection to it. */
const start = async ({ retryable = false } = {}) => {
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
type Started = Awaited<ReturnType<typeof start>>

const taskNamed = (execution: string, type = 'mmcloud_task'): CreateTaskRequest =>
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

const create = ({ tasks }: Started, request: CreateTaskRequest): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    tasks.createTask(request, (error, answer) =>
      error ? reject(error) : resolve(answer.resourceMeta as Buffer),
    ),
  )

const get = (
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

const remove = ({ tasks }: Started, resourceMeta: Buffer): Promise<void> =>
  new Promise((resolve, reject) =>
    tasks.deleteTask({ taskType: 'mmcloud_task', resourceMeta } as never, (error) =>
      error ? reject(error) : resolve(),
    ),
  )

const refusal = async (asked: Promise<unknown>): Promise<{ code: string; details: string }> => {
  const error = await asked.then(
    () => expect.fail('it was not refused'),
    (refused: ServiceError) => refused,
  )
  return { code: status[error.code]!, details: error.details }
}

test('1,000 creates at once are 1,000 jobs, and the same again are the same', {
  timeout: 30_000,
}, async () => {
  const started = await start()
  const all = Array.from({ length: 1000 }, (_, at) => taskNamed(`e${at}`))
  const first = await Promise.all(all.map((request) => create(started, request)))
  expect(new Set(first.map(String)).size).toBe(1000)
  expect(await Promise.all(all.map((request) => create(started, request)))).toEqual(first)
  expect(started.center.jobs.size).toBe(1000)
})

test('a call that its caller gives up is still one job, which a repeated one finds', async () => {
  const started = await start()
  const answers = Promise.withResolvers<void>()
  started.center.delay = answers.promise
  const given = new Promise((resolve) => {
    const call = started.tasks.createTask(taskNamed('e'), (error) => resolve(error?.code))
    void vi.waitFor(() => expect(started.center.calls.get('submitJob')).toBe(1)).then(() => call.cancel())
  })
  expect(await given).toBe(status.CANCELLED)
  const again = create(started, taskNamed('e'))
  answers.resolve()
  await again
  expect(started.center.jobs.size).toBe(1)
})

test('what waits for its turn and for no caller any more is never submitted', async () => {
  const started = await start()
  const answers = Promise.withResolvers<void>()
  started.center.delay = answers.promise
  const given = (execution: string): Promise<unknown> =>
    new Promise((resolve) =>
      started.tasks.createTask(
        taskNamed(execution),
        new Metadata(),
        { deadline: Date.now() + 500 },
        (error) => resolve(error?.code),
      ),
    )
  const codes = await Promise.all(Array.from({ length: 30 }, (_, at) => given(`e${at}`)))
  expect(new Set(codes)).toEqual(new Set([status.DEADLINE_EXCEEDED]))
  // Behind them on the same connection: when this is answered, the agent knows that they have gone.
  await refusal(get(started, Buffer.from('none of its own')))
  answers.resolve()
  await create(started, taskNamed('after'))
  // All are of one image, and few of one image are under way at once.
  expect(started.center.jobs.size).toBeLessThan(10)
})

test.each([
  ['another type', taskNamed('e', 'spark'), 'NOT_FOUND', 'Cannot find connector for task type: spark.'],
  ['no template', CreateTaskRequest.fromPartial({}), 'NOT_FOUND', 'Cannot find connector for task type: .'],
  [
    'no container',
    CreateTaskRequest.fromPartial({ template: { type: 'mmcloud_task' } }),
    'INVALID_ARGUMENT',
    'the task has no container: only tasks with one can run here',
  ],
  [
    'no image',
    CreateTaskRequest.fromPartial({
      template: { type: 'mmcloud_task', target: { $case: 'container', value: { args: ['true'] } } },
    }),
    'INVALID_ARGUMENT',
    "the task's container names no image",
  ],
])('%s is refused in words, and no job comes of it', async (_what, request, code, details) => {
  const started = await start()
  expect(await refusal(create(started, request))).toEqual({ code, details })
  expect(started.center.jobs.size).toBe(0)
})

test.each(['', 'no JSON', '{}', '{"job_id":7}', '[]'])(
  'what is not its own resource_meta (%j) is refused',
  async (meta) => {
    const started = await start()
    expect((await refusal(get(started, Buffer.from(meta)))).code).toBe('INVALID_ARGUMENT')
  },
)

test('a job that is not there is NOT_FOUND to Get, and deleted already to Delete', async () => {
  const started = await start()
  const meta = Buffer.from('{"job_id":"gone"}')
  expect((await refusal(get(started, meta))).code).toBe('NOT_FOUND')
  await remove(started, meta)
})

test.each([
  ['is away', new UnreachableError('connection refused'), 'UNAVAILABLE'],
  ['has another certificate', new UntrustedError('it has changed'), 'FAILED_PRECONDITION'],
  ['refuses the login', new UserError('unauthenticated', 'Wrong user name or password'), 'UNAUTHENTICATED'],
  ['fails', new Error('TypeError'), 'INTERNAL'],
])(
  'while the OpCenter %s, Get answers what was seen last for half an hour, Create says so',
  async (_what, failure, code) => {
    const started = await start()
    const meta = await create(started, taskNamed('e'))
    started.center.jobs.get('job-0')!.status = 'Executing'
    expect((await get(started, meta)).phase).toBe(Phase.RUNNING)
    started.center.jobs.get('job-0')!.status = 'Completed'
    started.center.failure = failure
    expect(await get(started, meta)).toMatchObject({
      phase: Phase.RUNNING,
      message: expect.stringContaining('nothing was learned from the OpCenter for 0 s'),
    })
    // Nothing is known of this one: a replica that has just begun.
    expect((await get(started, Buffer.from('{"job_id":"other"}'))).phase).toBe(Phase.RUNNING)
    expect((await refusal(create(started, taskNamed('f')))).code).toBe(code)
    for (let minute = 0; minute < 30; minute += 1) {
      started.clock.now += 60_000
      expect((await get(started, meta)).phase).toBe(Phase.RUNNING)
    }
    started.clock.now += 60_000
    expect((await refusal(get(started, meta))).code).toBe(code)
    // Nobody asked in the meantime: this is another absence, as far as is known.
    started.clock.now += 31 * 60_000
    expect((await get(started, meta)).message).toContain('for 0 s')
    started.center.failure = undefined
    expect((await get(started, meta)).phase).toBe(Phase.SUCCEEDED)
  },
)

test('a task of which nothing can be learned is an error in the end, though others are well', async () => {
  const started = await start()
  const [bad, good] = [await create(started, taskNamed('bad')), await create(started, taskNamed('good'))]
  Object.assign(started.center.jobs.get('job-0')!, { status: 'FailToComplete', rc: '1' })
  started.center.logFailure = new Error('TypeError')
  for (let minute = 0; minute <= 30; minute += 1) {
    expect((await get(started, good)).phase).toBe(Phase.QUEUED)
    expect((await get(started, bad)).message).toContain(`for ${minute * 60} s`)
    started.clock.now += 60_000
  }
  expect((await refusal(get(started, bad))).code).toBe('INTERNAL')
  // Told once for the absence, and once for the call that failed.
  expect(started.log).toEqual(['get: Error: TypeError', 'get: Error: TypeError'])
})

test('what was just made is QUEUED though nothing can be asked; what was deleted is ABORTED', async () => {
  const started = await start()
  const made = await create(started, taskNamed('made'))
  const deleted = await create(started, taskNamed('deleted'))
  await remove(started, deleted)
  started.center.failure = new UnreachableError('connection refused')
  expect((await get(started, made)).phase).toBe(Phase.QUEUED)
  expect((await get(started, deleted)).phase).toBe(Phase.ABORTED)
})

test('the engine hears the moves, and where a task was last though it has ended; what has not changed is not read again', async () => {
  const started = await start()
  const { center } = started
  const meta = await create(started, taskNamed('e'))
  const job = center.jobs.get('job-0')!
  const move = {
    trigger: 'drill',
    reason: 'a drill',
    from: 'a',
    to: 'b',
    standStillMs: 7,
    cost: 0.1,
    outcome: 'done',
  }
  Object.assign(job, {
    status: 'Executing',
    workingHost: '10.0.0.1',
    migrations: [{ ...move, alternatives: [] }],
  })
  center.events.push({ seq: 2, reason: 'reclaimed', sentence: 'moves', to: 'Floating' })
  const info = async () => (await get(started, meta)).customInfo
  const running = { instance_type: 't', working_host: '10.0.0.1', cost: '0.01 USD' }
  expect(await info()).toMatchObject({
    ...running,
    migrations: [{ trigger: 'drill', stand_still_ms: 7, cost_usd: 0.1 }],
  })
  await info()
  expect([center.calls.get('events'), center.calls.get('migrations')]).toEqual([1, 1])
  Object.assign(job, { status: 'Completed', rc: '0', workingHost: '', lastUpdate: '2', endTime: 'now' })
  center.events.push({ seq: 3, reason: 'ended', sentence: 'ended by itself', to: 'Completed' })
  expect(await get(started, meta)).toMatchObject({
    customInfo: { ...running, exit_code: 0, migrations: [{ trigger: 'drill' }] },
    message: expect.stringContaining(': ended by itself'),
  })
  await info()
  expect(center.calls.get('events')).toBe(2)
  // A replica that sees it for the first time when it has ended.
  const other = await start()
  await create(other, taskNamed('e'))
  other.center.jobs.set('job-0', job)
  expect((await get(other, meta)).customInfo).toMatchObject({ instance_type: 't', working_host: 'i-1' })
})

test('a job that is no task of an engine is not for whoever reaches this port', async () => {
  const started = await start()
  await create(started, taskNamed('e'))
  const job = started.center.jobs.get('job-0')!
  started.center.jobs.set('someones', { ...job, customTags: {} })
  const meta = Buffer.from('{"job_id":"someones"}')
  expect((await refusal(get(started, meta))).code).toBe('NOT_FOUND')
  expect((await refusal(remove(started, meta))).code).toBe('NOT_FOUND')
  expect((await refusal(logOf(started, meta, {}))).code).toBe('NOT_FOUND')
  expect(started.center.jobs.get('someones')!.status).toBe('Submitted')
})

test('an OpCenter that takes the question and answers nothing is away before the caller has given up', async () => {
  const started = await start()
  const meta = await create(started, taskNamed('e'))
  started.center.jobs.get('job-0')!.status = 'Executing'
  await get(started, meta)
  const answers = Promise.withResolvers<void>()
  started.center.delay = answers.promise
  started.clock.now = Date.now()
  expect(await get(started, meta, { deadline: Date.now() + 1000 })).toMatchObject({
    phase: Phase.RUNNING,
    message: expect.stringContaining('has not answered in time'),
  })
  answers.resolve()
  expect((await get(started, meta)).message).toMatch(/^job job-0 is Executing/)
})

test('what a failed task said is part of its end: it is not told without, as long as that cannot be read', async () => {
  const started = await start()
  const meta = await create(started, taskNamed('e'))
  Object.assign(started.center.jobs.get('job-0')!, { status: 'FailToComplete', rc: '1', log: 'no such file' })
  started.center.logFailure = new UnreachableError('connection refused')
  expect((await get(started, meta)).phase).toBe(Phase.QUEUED)
  started.center.logFailure = undefined
  expect(await get(started, meta)).toMatchObject({
    phase: Phase.FAILED,
    message: expect.stringContaining('no such file'),
  })
})

test.each([
  ['FAILED', false],
  ['RETRYABLE_FAILED', true],
])('a task that raised what is worth another try is %s', async (phase, retryable) => {
  const started = await start({ retryable })
  const meta = await create(started, taskNamed('e'))
  const log =
    '!! Begin User Error Captured by Flyte !!\nBusy: USER:Recoverable: error=x\n!! End Error Captured by Flyte !!'
  Object.assign(started.center.jobs.get('job-0')!, { status: 'FailToComplete', rc: '1', log })
  expect(await get(started, meta)).toMatchObject({
    phase: Phase[phase as 'FAILED'],
    message: expect.stringContaining('Busy: USER:Recoverable'),
  })
})

const logOf = async (
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

test('the log comes in pages, each with the token of the next', async () => {
  const started = await start()
  const meta = await create(started, taskNamed('e'))
  const job = started.center.jobs.get('job-0')!
  job.log = 'one\nzwölf\nthree\n'
  const first = await logOf(started, meta, { lines: 2 })
  expect(first.lines).toEqual(['one', 'zwölf'])
  const second = await logOf(started, meta, { token: first.token })
  expect(second.lines).toEqual(['three'])
  job.log += 'four\n'
  job.errors = 'oh\nno\n'
  const third = await logOf(started, meta, { token: second.token, lines: 2 })
  expect(third.lines).toEqual(['four', 'oh'])
  expect((await logOf(started, meta, { token: third.token })).lines).toEqual(['no'])
  expect((await logOf(started, meta, { token: '9'.repeat(400) })).lines).toHaveLength(6)
  expect((await refusal(logOf(started, Buffer.from('{"job_id":"gone"}'), {}))).code).toBe('NOT_FOUND')
})

test('what it uses is told as Prometheus would, without the moments nobody measured', async () => {
  const started = await start()
  const resourceMeta = await create(started, taskNamed('e'))
  const ask = promisify(started.tasks.getTaskMetrics.bind(started.tasks)) as never as (
    request: GetTaskMetricsRequest,
  ) => Promise<{ results: { metric: string; data: unknown }[] }>
  const { results } = await ask(
    GetTaskMetricsRequest.fromPartial({
      taskType: 'mmcloud_task',
      resourceMeta,
      queries: ['EXECUTION_METRIC_USED_CPU_AVG'],
    }),
  )
  expect(results).toMatchObject([
    {
      metric: 'EXECUTION_METRIC_USED_CPU_AVG',
      data: { resultType: 'matrix', result: [{ values: [[1, '0.5']] }] },
    },
  ])
})

test('the engine learns who serves which tasks; nothing is done within one call', async () => {
  const { at } = await start()
  const metadata = new AgentMetadataServiceClient(...at)
  const sync = new SyncAgentServiceClient(...at)
  onTestFinished(() => [metadata, sync].forEach((client) => client.close()))
  const { agents } = (await promisify(metadata.listAgents.bind(metadata) as never)({} as never)) as never as {
    agents: { name: string; supportedTaskTypes: string[] }[]
  }
  expect(agents).toMatchObject([{ supportedTaskTypes: ['mmcloud_task'], isSync: false }])
  const named = (name: string) => promisify(metadata.getAgent.bind(metadata) as never)({ name } as never)
  expect(await named(agents[0]!.name)).toMatchObject({ agent: { name: agents[0]!.name } })
  expect((await refusal(named('nobody') as Promise<unknown>)).code).toBe('NOT_FOUND')
  const stream = sync.executeTaskSync()
  const refused = new Promise<ServiceError>((resolve) => stream.on('error', resolve))
  stream.on('data', () => undefined)
  stream.end()
  expect((await refused).code).toBe(status.UNIMPLEMENTED)
})

test('it serves until the OpCenter has been away for a minute, and again when it is back', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { at, center, clock } = await start()
  const health = new HealthClient(...at)
  onTestFinished(() => health.close())
  const statusOf = async (service: string) =>
    (
      (await promisify(health.check.bind(health) as never)({ service } as never)) as never as {
        status: Serving
      }
    ).status
  const after = async (ms: number): Promise<void> => {
    clock.now += ms
    await vi.advanceTimersByTimeAsync(5000)
  }
  center.failure = new UnreachableError('connection refused')
  await after(59_000)
  expect(await statusOf('')).toBe(Serving.SERVING)
  await after(2000)
  for (const service of ['', 'flyteidl.service.AsyncAgentService'])
    expect(await statusOf(service)).toBe(Serving.NOT_SERVING)
  center.failure = undefined
  await after(5000)
  expect(await statusOf('flyteidl.service.AgentMetadataService')).toBe(Serving.SERVING)
  expect((await refusal(statusOf('other'))).code).toBe('NOT_FOUND')
})

test('tools that ask by reflection are told the services and the files they stand in', async () => {
  const { at } = await start()
  const reflection = new ServerReflectionClient(...at)
  onTestFinished(() => reflection.close())
  const ask = async (messageRequest: object): Promise<ServerReflectionResponse['messageResponse']> => {
    const stream = reflection.serverReflectionInfo()
    const answered = new Promise<ServerReflectionResponse>((resolve, reject) => {
      stream.on('data', resolve)
      stream.on('error', reject)
    })
    stream.write({ host: '', messageRequest } as never)
    stream.end()
    return (await answered).messageResponse
  }
  expect(await ask({ $case: 'listServices', value: '' })).toMatchObject({
    value: { service: expect.arrayContaining([{ name: 'flyteidl.service.AsyncAgentService' }]) },
  })
  const found = await ask({
    $case: 'fileContainingSymbol',
    value: 'flyteidl.service.AsyncAgentService.CreateTask',
  })
  expect(found).toMatchObject({ $case: 'fileDescriptorResponse' })
  expect(await ask({ $case: 'fileContainingSymbol', value: 'a.'.repeat(20_000) })).toMatchObject({
    $case: 'errorResponse',
  })
  expect(await ask({ $case: 'fileByFilename', value: 'nowhere.proto' })).toMatchObject({
    $case: 'errorResponse',
    value: { errorCode: status.NOT_FOUND },
  })
})

test('told to end, it takes no new calls and lets those under way finish', async () => {
  const started = await start()
  const answers = Promise.withResolvers<void>()
  started.center.delay = answers.promise
  const underWay = create(started, taskNamed('e'))
  await vi.waitFor(() => expect(started.center.calls.get('submitJob')).toBe(1))
  const drained = started.drain()
  answers.resolve()
  expect(JSON.parse(String(await underWay))).toEqual({ job_id: 'job-0' })
  await drained
  expect((await refusal(create(started, taskNamed('f')))).code).toBe('UNAVAILABLE')
})

test.each([
  ['port', '--port'],
  ['prometheusPort', '--prometheus-port'],
])('a %s that somebody else listens at is told with the flag for another', async (which, flag) => {
  const { agent } = await start()
  const options = {
    host: '127.0.0.1',
    port: 0,
    prometheusPort: 0,
    [which]: agent[which as 'port'],
    metricPrefix: 'flyte_agent_',
    retryable: false,
    readFlags: () => ({}),
    log: () => undefined,
    now: () => 0,
  }
  await expect(serveAgent(new FakeCenter(), options)).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${agent[which as 'port']}: another program listens there, an agent perhaps; choose another with ${flag}`,
  )
})

test('streams that somebody keeps open hold up no end', async () => {
  const { at, drain } = await start()
  const health = new HealthClient(...at)
  const reflection = new ServerReflectionClient(...at)
  onTestFinished(() => [health, reflection].forEach((client) => client.close()))
  const asking = reflection.serverReflectionInfo()
  const streams = [health.watch({ service: '' }), health.watch({ service: 'nowhere' }), asking]
  for (const stream of streams) stream.on('error', () => undefined)
  asking.write({ messageRequest: { $case: 'listServices', value: '' } } as never)
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('data', resolve))))
  const ended = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('end', resolve))))
  const began = performance.now()
  await Promise.all([drain(), ended])
  expect(performance.now() - began).toBeLessThan(900)
})

const metricsOf = ({ agent }: Started): string => `http://127.0.0.1:${agent.prometheusPort}/metrics`

test('what the OpCenter says goes to the engine and to the log; what broke inside goes to the log alone', async () => {
  const started = await start()
  started.center.failure = new Error('x of undefined')
  const refused = await refusal(create(started, taskNamed('e')))
  expect(refused).toEqual({ code: 'INTERNAL', details: 'the agent failed; its log says more' })
  expect(started.log).toEqual(['create: Error: x of undefined'])
  expect(await (await fetch(metricsOf(started))).text()).toContain(
    'flyte_agent_requests_failure_total{task_type="mmcloud_task",operation="create",error_code="INTERNAL"} 1',
  )
})
