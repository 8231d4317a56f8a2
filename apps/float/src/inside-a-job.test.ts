import { expect, onTestFinished, test, vi } from 'vitest'
import { aJob, anEvent, AUTH, fakeWorld, JOB_ID } from './fake-world.ts'

const ENV = { FLOAT_JOB_ID: JOB_ID, FLOAT_ADDR: '10.254.253.1:443' }
const OTHER_ID = 'zyxwvutsrq9876543210k'
const JOB = `/api/v1/jobs/${JOB_ID}`
const KNOWN = anEvent(3, 10, 'Starting', 'Executing', 'started', 'the program runs')
const moveAsked = anEvent(4, 20, 'Executing', 'Floating', 'migrateAsked', 'asked to move')

test('a job is itself without -j and without a login, and trusts its own instance whatever it shows', async () => {
  const world = fakeWorld({ [`GET ${JOB}/migrations`]: { body: { migrations: [] } } }, { env: ENV })
  expect(await world.float('migrations')).toEqual({ code: 0, stdout: 'No moves\n', stderr: '' })
  expect(await world.float('migrations', '-a', ENV.FLOAT_ADDR)).toMatchObject({ code: 0 })
  expect(world.requests[0]?.headers).not.toHaveProperty('authorization')
  for (const trust of world.trusts) {
    if (trust.kind !== 'pins') throw new Error(trust.kind)
    trust.store.set('10.254.253.1:443', 'a')
    expect(trust.store.get('10.254.253.1:443')).toBeUndefined()
  }
})

test('no folder is needed', async () => {
  const world = fakeWorld(
    { [`GET ${JOB}/migrations`]: { body: { migrations: [] } } },
    { env: { ...ENV, HOME: '/dev/null' } },
  )
  vi.stubEnv('TMPDIR', '/dev/null')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await world.float('migrations')).toMatchObject({ code: 0, stderr: '' })
})

test('-j stands over the job we are in, and a login of its own over the inner address', async () => {
  const token = { headers: { authorization: 'Bearer t' }, body: { username: 'admin', role: 'admin' } }
  const world = fakeWorld(
    {
      'GET /api/v1/login': token,
      [`GET /api/v1/jobs/${OTHER_ID}/migrations`]: { body: { migrations: [] } },
    },
    { env: ENV },
  )
  await world.float('login', ...AUTH)
  expect(await world.float('migrations', '-j', OTHER_ID)).toMatchObject({ code: 0 })
  expect(world.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer t' })
})

test('outside of jobs FLOAT_ADDR is an address like any other', async () => {
  const world = fakeWorld({ 'GET /api/v1/hosts': { body: { hosts: [] } } }, { env: { FLOAT_ADDR: 'h:1' } })
  await world.float('hosts')
  const [trust] = world.trusts
  if (trust?.kind !== 'pins') throw new Error('not pinned')
  trust.store.set('h:1', 'a'.repeat(64))
  expect(trust.store.get('h:1')).toBe('a'.repeat(64))
})

test('what only looks is asked again after a move', async () => {
  const world = fakeWorld(
    {
      [`GET ${JOB}/migrations`]: (_, call) => (call < 3 ? 'down' : { body: { migrations: [] } }),
    },
    { env: ENV },
  )
  expect(await world.float('migrations')).toMatchObject({ code: 0, stderr: '' })
})

test('a move whose answer is lost is looked up and not asked for again', async () => {
  const world = fakeWorld(
    {
      [`GET ${JOB}/events`]: (_, call) => ({ body: { events: call === 0 ? [KNOWN] : [moveAsked] } }),
      [`POST ${JOB}/migrate`]: 'down',
      [`GET ${JOB}`]: { body: aJob({ status: 'Floating' }) },
    },
    { env: ENV },
  )
  expect(await world.float('migrate', '-f', '-m', '4')).toEqual({
    code: 0,
    stdout: 'Migrate request has been submitted\n',
    stderr: '',
  })
  expect(world.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    '{"mem":"4","after":3}',
  ])
})

test('a move that never arrived is asked for again, so that it can be told from a second one', async () => {
  const world = fakeWorld(
    {
      [`GET ${JOB}/events`]: (_, call) => ({ body: { events: call === 0 ? [KNOWN] : [] } }),
      [`POST ${JOB}/migrate`]: (_, call) => (call === 0 ? 'down' : { status: 202, body: aJob() }),
    },
    { env: ENV },
  )
  expect(await world.float('migrate', '-f', '-m', '4')).toMatchObject({ code: 0 })
  expect(world.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    '{"mem":"4","after":3}',
    '{"mem":"4","after":3}',
  ])
})

test('a suspend whose answer is lost is not asked for again by the job that was resumed', async () => {
  const suspendAsked = anEvent(4, 20, 'Executing', 'Suspending', 'suspendAsked', 'asked to suspend')
  const world = fakeWorld(
    {
      [`GET ${JOB}/events`]: (_, call) => ({ body: { events: call === 0 ? [KNOWN] : [suspendAsked] } }),
      [`POST ${JOB}/suspend`]: 'down',
      [`GET ${JOB}`]: { body: aJob() },
    },
    { env: ENV },
  )
  expect(await world.float('suspend', '-f')).toMatchObject({ code: 0, stderr: '' })
  expect(world.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('a wish that is lost again and again fails in the end', async () => {
  const world = fakeWorld(
    {
      [`GET ${JOB}/events`]: { body: { events: [] } },
      [`POST ${JOB}/migrate`]: 'down',
    },
    { env: ENV },
  )
  expect(await world.float('migrate', '-f', '-m', '4')).toMatchObject({
    code: 3,
    stderr: 'Error: no OpCenter answers\n',
  })
})
