import type { Job, JobId } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const MINE = 'm'.repeat(21)
const OTHER = 'n'.repeat(21)
const WORKER = 'Worker i-1:own'

/** Two jobs of one owner; the worker of `MINE` asks. */
const open = async (changes: Partial<Job> = {}) => {
  const api = await openTestApi()
  await api.addUser('ada', 'right')
  await api.records.write(async (tx) => {
    await tx.insertJob(aJob(MINE, { user: 'ada', submittedAt: api.time.now, ...changes }))
    await tx.insertJob(aJob(OTHER, { user: 'ada' }))
  })
  api.workers.set('i-1:own', { job: MINE as JobId, owner: changes.user ?? 'ada' })
  return api
}

test.each([
  ['GET', '/api/v1/version'],
  ['GET', `/api/v1/jobs/${MINE}`],
  ['GET', `/api/v1/jobs/${MINE}/events`],
  ['GET', `/api/v1/jobs/${MINE}/migrations`],
  ['GET', `/api/v1/jobs/${MINE}/instances`],
  ['GET', `/api/v1/jobs/${MINE}/samples`],
  ['GET', `/api/v1/jobs/${MINE}/cost`],
  ['GET', `/api/v1/jobs/${MINE}/logs`],
] as const)('a job may %s %s', async (method, path) => {
  const { call } = await open()
  expect((await call(method, path, undefined, WORKER)).status).toBe(200)
})

test('what a job asks of itself is asked by its owner; only the caller decides that the program did', async () => {
  const { call, asked } = await open()
  const forged = { mem: '4', byJob: false, after: 7 }
  await call('POST', `/api/v1/jobs/${MINE}/migrate`, forged, WORKER)
  await call('POST', `/api/v1/jobs/${MINE}/migrate`, { mem: '4', byJob: true }, basic('ada', 'right'))
  await call('PATCH', `/api/v1/jobs/${MINE}`, { mem: '4' }, WORKER)
  await call('POST', `/api/v1/jobs/${MINE}/suspend`, undefined, WORKER)
  await call('POST', `/api/v1/jobs/${MINE}/snapshot`, undefined, WORKER)
  expect(asked[1]?.[3]).not.toHaveProperty('byJob')
  expect(asked).toMatchObject([
    ['migrate', MINE, 'ada', { memGB: { min: 4 }, byJob: true, after: 7 }],
    ['migrate', MINE, 'ada', { memGB: { min: 4 } }],
    ['modify', MINE, 'ada', { byJob: true }],
    ['suspend', MINE, 'ada'],
    ['snapshot', MINE, 'ada'],
  ])
})

test.each([
  ['GET', `/api/v1/jobs/${OTHER}`],
  ['POST', `/api/v1/jobs/${OTHER}/suspend`],
  ['DELETE', `/api/v1/jobs/${MINE}`],
  ['POST', `/api/v1/jobs/${MINE}/resume`],
  ['POST', `/api/v1/jobs/${MINE}/rerun`],
  ['GET', '/api/v1/jobSummaries'],
  ['GET', '/api/v1/jobPages'],
  ['GET', '/api/v1/hosts'],
  ['GET', '/api/v1/images'],
  ['GET', '/api/v1/costs'],
  ['GET', '/api/v1/login'],
  ['GET', '/api/v1/session'],
  ['GET', '/api/v1/status'],
  ['GET', `/api/v1/jobs/${MINE}/samples/stream`],
] as const)('a job may not %s %s', async (method, path) => {
  const { call, asked } = await open()
  const { status, body } = await call(method, path, undefined, WORKER)
  expect([status, body['code']]).toEqual([403, 1005])
  expect(body['message']).toMatch(/^A job may not ask for this: /)
  expect(asked).toEqual([])
})

test.each(['Worker i-1:wrong', 'Worker i-2:own', 'Worker :', 'Worker ', 'Worker i-1', 'worker i-1:own'])(
  '"%s" is nobody',
  async (authorization) => {
    const { call } = await open()
    expect((await call('GET', `/api/v1/jobs/${MINE}`, undefined, authorization)).status).toBe(401)
  },
)

test('a wrong worker is nobody even where no login is needed, and measures are not for jobs', async () => {
  const { call, app } = await open()
  expect((await call('GET', '/api/v1/version', undefined, 'Worker i-1:wrong')).status).toBe(401)
  const metrics = await app.inject({ method: 'GET', url: '/metrics', headers: { authorization: WORKER } })
  expect(metrics.statusCode).toBe(401)
})

test('the job of an administrator sees no more than any other', async () => {
  const { call } = await open({ user: 'admin' })
  expect((await call('GET', `/api/v1/jobs/${MINE}`, undefined, WORKER)).status).toBe(200)
  expect((await call('GET', `/api/v1/jobs/${OTHER}`, undefined, WORKER)).status).toBe(403)
})
