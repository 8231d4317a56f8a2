import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const GOOD = 'correct horse'
const open = async () => {
  const api = await openTestApi()
  await api.addUser('ann', GOOD)
  await api.addUser('vic', GOOD, 'viewer')
  return { ...api, ann: basic('ann', GOOD), vic: basic('vic', GOOD) }
}

test('an admin lets people in and out; numbers are never given twice', async () => {
  const { call } = await open()
  const add = (name: string) => call('POST', '/api/v1/users', { name, password: GOOD })
  expect((await add('eve')).body).toEqual({ name: 'eve', number: 3, role: 'user' })
  expect((await add('eve')).status).toBe(409)
  expect((await call('DELETE', '/api/v1/users/eve')).status).toBe(200)
  expect((await add('joe')).body['number']).toBe(4)
  const { body } = await call('GET', '/api/v1/users')
  expect((body['users'] as { name: string }[]).map(({ name }) => name)).toEqual([
    'admin',
    'ann',
    'joe',
    'vic',
  ])
  expect((await call('DELETE', '/api/v1/users/eve')).status).toBe(404)
})

test('who is deleted is out at once, with every session', async () => {
  const { call, ann } = await open()
  const token = String((await call('GET', '/api/v1/login', undefined, ann)).headers['authorization'])
  await call('DELETE', '/api/v1/users/ann')
  for (const credential of [token, ann])
    expect((await call('GET', '/api/v1/status', undefined, credential)).status).toBe(401)
})

test('a user with jobs that have not ended stays, and so does the last admin', async () => {
  const { call, records } = await open()
  await records.write((tx) => tx.insertJob(aJob('a'.repeat(21), { user: 'ann' })))
  const refused = await call('DELETE', '/api/v1/users/ann')
  expect([refused.status, refused.body['message']]).toEqual([409, expect.stringContaining('1 jobs')])
  expect((await call('DELETE', '/api/v1/users/admin')).status).toBe(409)
  expect((await call('PATCH', '/api/v1/users/admin', { role: 'user' })).status).toBe(409)
})

test('a viewer sees every job and changes nothing; a user sees no others', async () => {
  const { call, records, ann, vic } = await open()
  const id = 'a'.repeat(21)
  await records.write((tx) => tx.insertJob(aJob(id)))
  const status = async (method: 'GET' | 'POST' | 'DELETE', path: string, who: string, body?: object) =>
    (await call(method, path, body, who)).status
  expect(await status('GET', `/api/v1/jobs/${id}`, vic)).toBe(200)
  expect(await status('GET', `/api/v1/jobs/${id}`, ann)).toBe(404)
  expect(await status('DELETE', `/api/v1/jobs/${id}`, ann)).toBe(404)
  expect(await status('DELETE', `/api/v1/jobs/${id}`, vic)).toBe(403)
  expect(await status('POST', '/api/v1/jobs', vic, { image: 'python' })).toBe(403)
  expect(await status('POST', '/api/v1/jobs', ann, { image: 'python' })).toBe(201)
  expect(await status('POST', '/api/v1/offers', vic, { image: 'python' })).toBe(200)
  for (const who of [ann, vic]) expect(await status('GET', '/api/v1/users', who)).toBe(403)
})

test('what changes nothing ends no session', async () => {
  const { call } = await open()
  const token = String((await call('GET', '/api/v1/login')).headers['authorization'])
  expect((await call('PATCH', '/api/v1/users/admin', {})).status).toBe(400)
  expect((await call('PATCH', '/api/v1/users/admin', { role: 'admin' })).status).toBe(200)
  expect((await call('GET', '/api/v1/session', undefined, token)).status).toBe(200)
})

test('a password is changed by its owner with the present one, and ends the other sessions', async () => {
  const { call, ann } = await open()
  const token = async () =>
    String((await call('GET', '/api/v1/login', undefined, ann)).headers['authorization'])
  const [mine, other] = [await token(), await token()]
  const change = (body: object, who = mine) => call('PATCH', '/api/v1/users/ann', body, who)
  expect((await change({ password: 'another one', currentPassword: 'wrong' })).status).toBe(403)
  expect((await change({ password: 'short', currentPassword: GOOD })).body['field']).toBe('password')
  expect((await change({ role: 'admin' })).status).toBe(403)
  expect((await change({ password: 'another one', currentPassword: GOOD })).status).toBe(200)
  expect((await call('GET', '/api/v1/session', undefined, mine)).status).toBe(200)
  expect((await call('GET', '/api/v1/session', undefined, other)).status).toBe(401)
  expect((await call('GET', '/api/v1/login', undefined, ann)).status).toBe(401)
  expect(
    (await call('PATCH', '/api/v1/users/vic', { password: 'x' }, basic('ann', 'another one'))).status,
  ).toBe(403)
  expect((await call('PATCH', '/api/v1/users/ann', { password: 'set by admin' })).status).toBe(200)
})

test('who guesses the present password has to wait, as at a login', async () => {
  const { call, ann } = await open()
  const mine = String((await call('GET', '/api/v1/login', undefined, ann)).headers['authorization'])
  const change = async (currentPassword: string): Promise<number> =>
    (await call('PATCH', '/api/v1/users/ann', { password: 'another one', currentPassword }, mine)).status
  for (let guess = 0; guess < 10; guess += 1) expect(await change(`guess ${guess}`)).toBe(403)
  expect(await change(GOOD)).toBe(429)
})

test('two admins who delete each other at once: one stays', async () => {
  const { call, addUser } = await open()
  await addUser('bob', GOOD, 'admin')
  const statuses = await Promise.all([
    call('DELETE', '/api/v1/users/bob'),
    call('DELETE', '/api/v1/users/admin', undefined, basic('bob', GOOD)),
  ])
  expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
})
