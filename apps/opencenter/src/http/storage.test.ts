import { expect, test } from 'vitest'
import { basic, openTestApi } from './test-api.ts'

const ADA = basic('ada', 'right')
const SHELF = '[mode=r,endpoint=http://h:1,accesskey={secret:id},secret=hush]s3://shelf/in:/in'

/** Users `admin` and `ada`; `admin` has a secret `id` and a storage `shelf`. */
const open = async () => {
  const api = await openTestApi()
  await api.addUser('ada', 'right')
  await api.call('POST', '/api/v1/secrets', { name: 'id', value: 'AKIA' })
  const registered = await api.call('POST', '/api/v1/storage', { name: 'shelf', volume: SHELF })
  return { ...api, registered }
}

test('a storage is registered without its keys, listed for its user alone, replaced and deleted', async () => {
  const { call, registered } = await open()
  expect(registered.status).toBe(201)
  const { volume } = registered.body as { volume: string }
  expect(volume).toMatch(
    /^\[mode=r,endpoint=http:\/\/h:1,accesskey=\{secret:id\},secret=\{secret:key-[0-9a-f]{24}\}\]s3:\/\/shelf\/in:\/in$/,
  )
  const key = /key-[0-9a-f]{24}/.exec(volume)![0]
  expect((await call('GET', `/api/v1/secrets/${key}`)).body['value']).toBe('hush')
  expect((await call('GET', '/api/v1/storage')).body).toEqual({ storage: [{ name: 'shelf', volume }] })
  expect((await call('GET', '/api/v1/storage', undefined, ADA)).body).toEqual({ storage: [] })
  expect((await call('DELETE', '/api/v1/storage/shelf', undefined, ADA)).status).toBe(404)

  const again = { name: 'shelf', volume: 's3://other:/o' }
  expect(await call('POST', '/api/v1/storage', again)).toMatchObject({
    status: 409,
    body: { message: 'You have a storage shelf already; --replace replaces it' },
  })
  expect((await call('POST', '/api/v1/storage', { ...again, replace: true })).status).toBe(201)
  expect((await call('DELETE', '/api/v1/storage/shelf')).status).toBe(200)
  expect((await call('GET', '/api/v1/storage')).body).toEqual({ storage: [] })
})

test.each([
  [{ name: 'a', volume: 'jfs://h/1:/m' }, 'volumes of jfs:// are not supported yet'],
  [{ name: 'a', volume: 'nfs://h/d:/m' }, 'the kernel of the instances has no client for NFS'],
  [{ name: 'a', volume: '[size=1]:/m' }, 'made for each job'],
  [{ name: 'a/b', volume: 's3://b:/m' }, 'must begin with a letter or digit'],
  [{ name: 'a', volume: '[accesskey={secret:id},secret={secret:none}]s3://b:/m' }, 'no secret none'],
])('%j is refused', async (body, words) => {
  const { call } = await open()
  const refused = await call('POST', '/api/v1/storage', body)
  expect([400, 422]).toContain(refused.status)
  expect(refused.body['message']).toContain(words)
})

test('a job gets it by its name, at its mount point or another, and keeps it when the name is gone', async () => {
  const { call } = await open()
  const job = { image: 'python', jobContent: 'true' }
  const { body } = await call('POST', '/api/v1/jobs', { ...job, storage: ['shelf', 'shelf:/twice'] })
  expect(body['inputArgs']).toMatch(/s3:\/\/shelf\/in:\/in' .*s3:\/\/shelf\/in:\/twice'/)
  expect(body['inputArgs']).not.toContain('hush')
  await call('DELETE', '/api/v1/storage/shelf')
  expect(await call('POST', '/api/v1/jobs', { ...job, dataVolumes: ['nfs://h/d:/m'] })).toMatchObject({
    status: 422,
    body: { code: 1006 },
  })
  expect(await call('POST', '/api/v1/jobs', { ...job, storage: ['shelf'] })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('--storage: you have no storage shelf; "float') },
  })
  expect((await call('GET', `/api/v1/jobs/${String(body['id'])}`)).body['inputArgs']).toBe(body['inputArgs'])
})

test('the keys of a job are kept as secrets of its owner, the same key once', async () => {
  const { call } = await open()
  const volumes = ['a', 'b'].map((bucket) => `[accesskey=AKIA,secret=hush]s3://${bucket}:/${bucket}`)
  const job = { image: 'python', jobContent: 'true', dataVolumes: volumes }
  const { body } = await call('POST', '/api/v1/jobs', job)
  expect(body['inputArgs']).not.toMatch(/AKIA|hush|\*\*\*/)
  const { secrets } = (await call('GET', '/api/v1/secrets')).body as { secrets: { name: string }[] }
  expect(secrets.filter(({ name }) => name.startsWith('key-'))).toHaveLength(2)
})
