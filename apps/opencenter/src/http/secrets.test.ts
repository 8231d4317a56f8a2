import type { JobId } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { basic, openTestApi } from './test-api.ts'

const ADA = basic('ada', 'right')
const WORKER = 'Worker i-1:own'

/** Users `admin` and `ada`, and the worker of a job of `ada`. */
const open = async () => {
  const api = await openTestApi()
  await api.addUser('ada', 'right')
  api.workers.set('i-1:own', { job: 'm'.repeat(21) as JobId, owner: 'ada' })
  return api
}

test('a secret is set, replaced, listed by name, read and unset', async () => {
  const { call } = await open()
  for (const value of ['first', 'hush'])
    expect(await call('POST', '/api/v1/secrets', { name: 'db-pass_1', value })).toMatchObject({
      status: 201,
      body: { name: 'db-pass_1' },
    })
  await call('POST', '/api/v1/secrets', { name: 'a', value: '' })
  expect((await call('GET', '/api/v1/secrets')).body).toEqual({
    secrets: [{ name: 'a' }, { name: 'db-pass_1' }],
  })
  expect(await call('GET', '/api/v1/secrets/db-pass_1')).toMatchObject({
    headers: { 'cache-control': 'no-store' },
    body: { name: 'db-pass_1', value: 'hush' },
  })
  expect((await call('DELETE', '/api/v1/secrets/a')).status).toBe(200)
  for (const method of ['GET', 'DELETE'] as const)
    expect(await call(method, '/api/v1/secrets/a')).toMatchObject({
      status: 404,
      body: { code: 1002, message: 'Resource not found: secret a' },
    })
})

test('nobody meets the secrets of another, an administrator neither; a job reads those of its owner', async () => {
  const { call } = await open()
  await call('POST', '/api/v1/secrets', { name: 'hers', value: 'hush' }, ADA)
  await call('POST', '/api/v1/secrets', { name: 'admins', value: 'hush' })
  expect((await call('GET', '/api/v1/secrets/hers')).status).toBe(404)
  expect((await call('DELETE', '/api/v1/secrets/hers')).status).toBe(404)
  expect((await call('GET', '/api/v1/secrets', undefined, ADA)).body).toEqual({ secrets: [{ name: 'hers' }] })

  expect((await call('GET', '/api/v1/secrets/hers', undefined, WORKER)).body['value']).toBe('hush')
  expect((await call('GET', '/api/v1/secrets/admins', undefined, WORKER)).status).toBe(404)
  expect((await call('GET', '/api/v1/secrets', undefined, WORKER)).status).toBe(403)
  expect((await call('DELETE', '/api/v1/secrets/hers', undefined, WORKER)).status).toBe(403)
  const set = await call('POST', '/api/v1/secrets', { name: 'hers', value: 'forged' }, WORKER)
  expect(set.status).toBe(403)
  expect((await call('GET', '/api/v1/secrets/hers', undefined, 'Worker i-1:wrong')).status).toBe(401)
})

test.each([
  [{ name: 'a.b', value: 'hush' }, 'letters'],
  [{ name: '', value: 'hush' }, 'letters'],
  [{ name: 'a', value: 'hush\0' }, 'zero byte'],
  [{ name: 'a', value: 'hush'.repeat(20_000) }, 'value'],
  [{ name: 'a', value: 'ü'.repeat(40_000) }, 'at most 65536 bytes'],
  [{ name: 'a' }, 'value'],
])('%# is refused in words that do not repeat it', async (body, words) => {
  const { call } = await open()
  const answer = await call('POST', '/api/v1/secrets', body)
  expect(answer.status).toBe(400)
  expect(answer.body['message']).toContain(words)
  expect(answer.body['message']).not.toMatch(/hush|ü/)
  expect((await call('GET', '/api/v1/secrets')).body).toEqual({ secrets: [] })
})

test('a job is refused that refers to a secret its owner does not have; the record holds references only', async () => {
  const { call, records } = await open()
  await call('POST', '/api/v1/secrets', { name: 'token', value: 'hush' }, ADA)
  const job = { image: 'python', envs: ['A=x {secret:token} y'] }
  for (const path of ['/api/v1/jobs', '/api/v1/offers'])
    expect(await call('POST', path, job)).toMatchObject({
      status: 400,
      body: {
        message: 'Invalid argument, --env: you have no secret token; make it with: float secret set token',
      },
    })
  const { status, body } = await call('POST', '/api/v1/jobs', job, ADA)
  expect([status, body['inputArgs']]).toEqual([201, expect.stringContaining("'A=x {secret:token} y'")])
  expect(JSON.stringify(await records.read((view) => view.jobs({})))).not.toContain('hush')
})
