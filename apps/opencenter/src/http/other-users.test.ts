import { REST_API, type RouteName } from '@mmcloud/contract'
import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 'a'.repeat(21)
const ofJobs = (Object.keys(REST_API) as RouteName[]).filter((name) =>
  REST_API[name].path.startsWith('/api/v1/jobs/{id}'),
)

test('there are calls about one job', () => expect(ofJobs.length).toBeGreaterThan(10))

test.each(ofJobs)('%s of a job of somebody else is of no job, for a user', async (name) => {
  const { call, addUser, records } = await openTestApi()
  await addUser('eve', 'correct horse')
  await records.write((tx) => tx.insertJob(aJob(ID, { user: 'ann' })))
  const { method, path } = REST_API[name]
  const url = path.replace('{id}', ID).replaceAll(/\{\w+\}/g, 'x')
  const body = method === 'GET' || method === 'DELETE' ? undefined : { noticeSeconds: 60, mem: '4' }
  const { status, body: answer } = await call(method, url, body, basic('eve', 'correct horse'))
  expect([status, answer['message']]).toEqual([404, expect.stringContaining(`job ${ID}`)])
})
