import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const GOOD = 'correct horse'
const ID = 'a'.repeat(21)
const GROUPS = '/api/v1/groups'

const open = async () => {
  const api = await openTestApi()
  for (const name of ['ann', 'bob', 'eve']) await api.addUser(name, GOOD)
  await api.records.write((tx) => tx.insertJob(aJob(ID, { user: 'ann' })))
  const join = (user: string) => api.call('POST', `${GROUPS}/lab/members`, { user })
  await api.call('POST', GROUPS, { name: 'lab' })
  const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((name) => basic(name, GOOD))
  return { ...api, join, ann: ann!, bob: bob!, eve: eve! }
}

test('colleagues see the jobs of each other, and change only their own', async () => {
  const { call, join, bob } = await open()
  const seen = async (): Promise<unknown> => {
    const { body } = await call('GET', '/api/v1/jobPages', undefined, bob)
    return (body['Jobs'] as { id: string }[]).map(({ id }) => id)
  }
  await join('ann')
  expect(await seen()).toEqual([])
  await join('bob')
  expect(await seen()).toEqual([ID])
  expect((await call('GET', `/api/v1/jobs/${ID}/events`, undefined, bob)).status).toBe(200)
  for (const [method, path] of [
    ['DELETE', ''],
    ['POST', '/suspend'],
    ['POST', '/rerun'],
    ['POST', '/drill'],
  ] as const) {
    const body = method === 'POST' ? {} : undefined
    const answer = await call(method, `/api/v1/jobs/${ID}${path}`, body, bob)
    expect([answer.status, answer.body['message']]).toEqual([403, expect.stringContaining("is ann's")])
  }
  await call('DELETE', `${GROUPS}/lab/members/bob`)
  expect(await seen()).toEqual([])
})

test('a gateway of a colleague is seen and used by its owner alone, and leads to no job of another', async () => {
  const { call, join, ann, bob } = await open()
  await join('ann')
  await join('bob')
  const { body } = await call('POST', '/api/v1/gateways', undefined, bob)
  const url = `/api/v1/gateways/${String(body['id'])}`
  expect((await call('GET', url, undefined, ann)).status).toBe(200)
  expect((await call('DELETE', url, undefined, ann)).status).toBe(403)
  expect((await call('POST', `${url}/connections`, { job: ID }, bob)).status).toBe(403)
})

test('who is not an admin sees the groups they are in, and changes none', async () => {
  const { call, join, ann, eve } = await open()
  await join('ann')
  const names = async (who: string): Promise<unknown> =>
    (await call('GET', GROUPS, undefined, who)).body['groups']
  expect(await names(ann)).toEqual([{ name: 'lab', members: ['ann'] }])
  expect(await names(eve)).toEqual([])
  expect((await call('POST', `${GROUPS}/lab/members`, { user: 'eve' }, eve)).status).toBe(403)
  expect((await call('POST', GROUPS, { name: 'mine' }, eve)).status).toBe(403)
})

test('who is deleted is in no group any more, nor is who comes under the same name', async () => {
  const { call, join, addUser } = await open()
  await join('eve')
  await call('DELETE', '/api/v1/users/eve')
  await addUser('eve', GOOD)
  expect((await call('GET', GROUPS)).body['groups']).toEqual([{ name: 'lab', members: [] }])
})

test.each([
  ['POST', GROUPS, { name: 'lab' }, 409],
  ['POST', GROUPS, { name: '../x' }, 400],
  ['POST', `${GROUPS}/lab/members`, { user: 'nobody' }, 404],
  ['POST', `${GROUPS}/none/members`, { user: 'ann' }, 404],
  ['DELETE', `${GROUPS}/lab/members/ann`, undefined, 404],
  ['DELETE', `${GROUPS}/none`, undefined, 404],
] as const)('%s %s of %j is refused with %i', async (method, url, body, status) => {
  const { call } = await open()
  expect((await call(method, url, body)).status).toBe(status)
})
