import { UnreachableError, UntrustedError } from '@mmcloud/client'
import { UserError } from '@mmcloud/contract/user-error'
import { expect, test } from 'vitest'
import { TaskExecution_Phase as Phase } from './generated/flyteidl/core/execution.ts'
import { create, get, refusal, remove, start, taskNamed } from './test-agent.ts'

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
