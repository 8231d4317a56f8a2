import { promisify } from 'node:util'
import { Metadata, status } from '@grpc/grpc-js'
import { expect, test, vi } from 'vitest'
import { CreateTaskRequest, GetTaskMetricsRequest } from './generated/flyteidl/admin/agent.ts'
import { type Started, create, get, logOf, refusal, remove, start, taskNamed } from './test-agent.ts'

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

test('an attempt ends what an earlier one has left, and nothing else', async () => {
  const started = await start()
  const attempt = (retryAttempt: number, place = 'data/0/2'): CreateTaskRequest => {
    const { taskExecutionMetadata, ...rest } = taskNamed('e')
    const taskExecutionId = { ...taskExecutionMetadata!.taskExecutionId!, retryAttempt }
    const outputPrefix = `s3://metadata/e/n0/${place}/${retryAttempt}`
    return { ...rest, outputPrefix, taskExecutionMetadata: { ...taskExecutionMetadata!, taskExecutionId } }
  }
  const created = async (request: CreateTaskRequest): Promise<string> =>
    (JSON.parse((await create(started, request)).toString()) as { job_id: string }).job_id
  const statusOf = (job: string): string => started.center.jobs.get(job)!.status

  const [first, otherPart, other] = [
    await created(attempt(0)),
    await created(attempt(0, 'data/0/3')),
    await created(taskNamed('other')),
  ]
  expect(started.center.calls.get('jobPages')).toBeUndefined()
  const second = await created(attempt(1))
  expect([first, otherPart, other, second].map(statusOf)).toEqual([
    'Cancelled',
    'Submitted',
    'Submitted',
    'Submitted',
  ])
  started.center.jobs.get(second)!.status = 'Completed'
  const third = await created(attempt(2))
  expect(statusOf(second)).toBe('Completed')
  // Somebody has made a copy of it.
  const copy = started.center.jobs.get(otherPart)!
  copy.isAnothers = true
  copy.customTags['nebula-attempt'] = started.center.jobs.get(third)!.customTags['nebula-attempt']!
  await created(attempt(3))
  expect([third, otherPart].map(statusOf)).toEqual(['Cancelled', 'Submitted'])
  await created(attempt(2 ** 32 - 1))
})

test('an attempt whose Create is still under way is ended by the next', async () => {
  const started = await start()
  const answers = Promise.withResolvers<void>()
  started.center.delay = answers.promise
  const first = create(started, taskNamed('e'))
  await vi.waitFor(() => expect(started.center.calls.get('submitJob')).toBe(1))
  const next = taskNamed('e')
  next.taskExecutionMetadata!.taskExecutionId!.retryAttempt = 1
  const second = create(started, next)
  answers.resolve()
  await Promise.all([first, second])
  expect([...started.center.jobs.values()].map((job) => job.status)).toEqual(['Cancelled', 'Submitted'])
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
