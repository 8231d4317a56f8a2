import { expect, test } from 'vitest'
import { basic, openTestApi } from './test-api.ts'

const DAY_MS = 86_400_000
const open = async () => {
  const api = await openTestApi()
  await api.addUser('ann', 'correct horse')
  const ann = basic('ann', 'correct horse')
  const create = (body: object, who = ann) => api.call('POST', '/api/v1/tokens', body, who)
  const whoAmI = async (token: string) => {
    const { status, body } = await api.call('GET', '/api/v1/session', undefined, token)
    return status === 200 ? body['username'] : status
  }
  return { ...api, ann, create, whoAmI }
}

test('a token speaks for its user until its end, which use does not put off', async () => {
  const { create, whoAmI, time } = await open()
  const { status, body, headers } = await create({ name: 'ci', expires: '2d' })
  expect([status, body['expiresAt'], headers['cache-control']]).toEqual([
    201,
    '2026-11-25T05:30:00Z',
    'no-store',
  ])
  const token = String(body['token'])
  time.now += 2 * DAY_MS - 1000
  expect(await whoAmI(token)).toBe('ann')
  time.now += 2000
  expect(await whoAmI(token)).toBe(401)
})

test('it is listed by its name alone and revoked at once, by its owner', async () => {
  const { call, create, whoAmI, ann } = await open()
  const token = String((await create({ name: 'ci' })).body['token'])
  expect((await create({ name: 'ci' })).status).toBe(409)
  const { body } = await call('GET', '/api/v1/tokens', undefined, ann)
  expect(body['tokens']).toEqual([
    { name: 'ci', createTime: '2026-11-23T05:30:00Z', expiresAt: '2027-02-21T05:30:00Z' },
  ])
  expect((await call('DELETE', '/api/v1/tokens/ci')).status).toBe(404)
  expect((await call('DELETE', '/api/v1/tokens/ci', undefined, ann)).status).toBe(200)
  expect(await whoAmI(token)).toBe(401)
})

test('a token makes no tokens, and a new password ends them', async () => {
  const { call, create, whoAmI } = await open()
  const token = String((await create({ name: 'ci' })).body['token'])
  expect((await create({ name: 'more' }, token)).status).toBe(403)
  await call('PATCH', '/api/v1/users/ann', { password: 'another one' })
  expect(await whoAmI(token)).toBe(401)
})

test.each([
  [{ name: 'a b' }, 'name'],
  [{ name: 'a', expires: '0s' }, 'expires'],
  [{ name: 'a', expires: '367d' }, 'expires'],
  [{ name: 'a', expires: 'soon' }, 'expires'],
])('%j is refused', async (body, field) => {
  const { create } = await open()
  const answer = await create(body)
  expect([answer.status, answer.body['field']]).toEqual([400, field])
})
