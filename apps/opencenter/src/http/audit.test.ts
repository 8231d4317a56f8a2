import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 'a'.repeat(21)
type Entry = Record<string, unknown>

const open = async () => {
  const api = await openTestApi()
  await api.addUser('ann', 'correct horse')
  await api.records.write((tx) => tx.insertJob(aJob(ID)))
  const entries = async (query = '') =>
    (await api.call('GET', `/api/v1/audit${query}`)).body['entries'] as Entry[]
  return { ...api, entries, ann: basic('ann', 'correct horse') }
}

test('every change is written down with who asked and what became of it, looking is not', async () => {
  const { call, entries, ann } = await open()
  await call('GET', `/api/v1/jobs/${ID}`)
  await call('POST', '/api/v1/offers', { image: 'python' })
  await call('POST', `/api/v1/jobs/${ID}/suspend`)
  await call('DELETE', `/api/v1/jobs/${ID}`, undefined, ann)
  await call('POST', '/api/v1/users', { name: 'joe', password: 'never in a log' })
  const found = await entries()
  expect(found.map(({ user, call: name, target, status }) => [user, name, target, status])).toEqual([
    ['admin', 'addUser', 'joe', 201],
    ['ann', 'cancelJob', ID, 404],
    ['admin', 'suspendJob', ID, 202],
  ])
  expect(found[0]).toMatchObject({ address: '127.0.0.1', job: '', at: '2026-11-23T05:30:00.000Z' })
  expect(JSON.stringify(found)).not.toContain('never in a log')
})

test('a wrong password is written down, a right one is not', async () => {
  const { call, entries } = await open()
  await call('GET', '/api/v1/login')
  await call('GET', '/api/v1/login', undefined, basic('admin', 'wrong'))
  expect(await entries()).toMatchObject([{ user: '', call: 'login', status: 401 }])
})

test('pages, one user, and only admins', async () => {
  const { call, entries, ann } = await open()
  for (let i = 0; i < 3; i++) await call('POST', `/api/v1/jobs/${ID}/suspend`)
  await call('POST', '/api/v1/jobs', { image: 'python' }, ann)
  const [newest] = await entries('?limit=1')
  expect(newest).toMatchObject({
    user: 'ann',
    call: 'submitJob',
    target: expect.stringMatching(/^[a-z0-9]{21}$/),
  })
  expect(await entries(`?before=${String(newest?.['seq'])}&limit=2`)).toHaveLength(2)
  expect(await entries('?user=ann')).toHaveLength(1)
  expect((await call('GET', '/api/v1/audit', undefined, ann)).status).toBe(403)
})
