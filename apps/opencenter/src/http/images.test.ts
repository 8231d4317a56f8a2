import { expect, test } from 'vitest'
import { openTestApi } from './test-api.ts'

const REGISTRY = { name: 'cactus', uri: 'quay.io/a/cactus:v2', tag: '2', description: 'Genomes', port: 80 }

test('an image that is added is pinned to its digest, and jobs ask for it by its name', async () => {
  const { call, records } = await openTestApi()
  const { status, body } = await call('POST', '/api/v1/images', REGISTRY)
  expect([status, body]).toEqual([
    201,
    {
      name: 'cactus',
      tag: '2',
      uri: 'docker://quay.io/a/cactus:v2',
      digest: `sha256:${'a'.repeat(64)}`,
      description: 'Genomes',
      port: 80,
    },
  ])
  await call('POST', '/api/v1/jobs', { image: 'cactus:2' })
  const [job] = await records.read((view) => view.jobs({}))
  expect(job?.spec.image).toMatchObject({ name: 'cactus:2', source: 'docker://quay.io/a/cactus:v2' })
  expect((await call('GET', '/api/v1/images/cactus')).body).toEqual({ images: [body] })
})

test('what is there is not replaced by accident', async () => {
  const { call } = await openTestApi()
  await call('POST', '/api/v1/images', REGISTRY)
  const again = await call('POST', '/api/v1/images', { ...REGISTRY, description: 'other' })
  expect([again.status, again.body['message']]).toEqual([
    409,
    'The library has an image cactus:2 already; an admin may replace it',
  ])
  const replaced = await call('POST', '/api/v1/images', { ...REGISTRY, description: 'other', replace: true })
  expect([replaced.status, replaced.body['description']]).toEqual([201, 'other'])
})

test('deleting takes one tag, or all', async () => {
  const { call } = await openTestApi()
  for (const tag of ['1', '2', '3']) await call('POST', '/api/v1/images', { ...REGISTRY, tag })
  expect((await call('DELETE', '/api/v1/images/cactus?tag=2')).body).toEqual({ deleted: 1 })
  expect((await call('DELETE', '/api/v1/images/cactus')).body).toEqual({ deleted: 2 })
  for (const method of ['GET', 'DELETE'] as const) {
    const { status, body } = await call(method, '/api/v1/images/cactus')
    expect([status, body['message']]).toEqual([404, 'Resource not found: image cactus'])
  }
})

test.each([
  [{ ...REGISTRY, name: '../x' }, 'name'],
  [{ ...REGISTRY, name: '' }, 'name'],
  [{ ...REGISTRY, tag: 'a b' }, 'tag'],
  [{ ...REGISTRY, port: 70_000 }, 'port'],
  [{ ...REGISTRY, uri: 'quay.io/nowhere/x' }, 'neither in the library'],
  [{ ...REGISTRY, uri: 'dir:/etc' }, 'oci:/PATH'],
  [{ name: 'cactus' }, 'uri'],
])('%j is refused in words', async (body, named) => {
  const { call } = await openTestApi()
  const answer = await call('POST', '/api/v1/images', body)
  expect(answer.status).toBe(400)
  expect(answer.body['message']).toContain(named)
  expect((await call('GET', '/api/v1/images')).body['images']).toHaveLength(1)
})
