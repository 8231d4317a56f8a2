import { expect, test } from 'vitest'
import { basic, openTestApi } from './test-api.ts'

const ID = 'j'.repeat(21)
const REQUEST = {
  image: 'python',
  name: 'mine',
  jobContent: '#!/bin/sh\ntrue\n',
  cpu: '2',
  envs: ['A=1', 'PASSWORD=hush'],
}

const openWithJob = async () => {
  const api = await openTestApi()
  await api.addUser('ann', 'pw')
  await api.call('POST', '/api/v1/jobs', REQUEST)
  const create = (more: object = {}) =>
    api.call('POST', '/api/v1/templates', { name: 'nightly', fromJob: ID, ...more })
  return { ...api, create, ann: basic('ann', 'pw') }
}

test('the configuration of a job can be submitted again, changed', async () => {
  const { call, create } = await openWithJob()
  const { status, body } = await create({ description: 'at night' })
  expect([status, body]).toEqual([
    201,
    {
      name: 'nightly',
      tag: 'latest',
      user: 'admin',
      shared: false,
      description: 'at night',
      createTime: '2026-11-23T05:30:00Z',
      inputArgs: "--image python --cpu 2 --mem 1 --env A=1 --env 'PASSWORD=***'",
    },
  ])
  const offers = await call('POST', '/api/v1/offers', { template: 'nightly', mem: '4' })
  expect(offers.body['need']).toContain('2 vCPU, 4 GB')
})

test('a template is its user’s alone unless an admin shares it; their own comes first', async () => {
  const { call, create, ann } = await openWithJob()
  await create()
  const seen = async (name: string) => (await call('GET', `/api/v1/templates/${name}`, undefined, ann)).status
  expect(await seen('nightly')).toBe(404)
  await create({ shared: true, replace: true })
  expect([await seen('nightly'), await seen('private::nightly'), await seen('nightly:2')]).toEqual([
    200, 404, 404,
  ])
  const stolen = await call('DELETE', '/api/v1/templates/nightly', undefined, ann)
  expect(stolen.status).toBe(404)
  const annsJob = await call('POST', '/api/v1/templates', { name: 'x', fromJob: ID }, ann)
  expect(annsJob.status).toBe(404)
})

test('only admins share; a second of the name needs replace', async () => {
  const { call, create, ann } = await openWithJob()
  const shared = await call('POST', '/api/v1/templates', { name: 'x', fromJob: ID, shared: true }, ann)
  expect(shared.status).toBe(403)
  await create()
  expect((await create()).status).toBe(409)
  expect((await create({ replace: true })).status).toBe(201)
  expect((await create({ tag: '2' })).status).toBe(201)
  expect((await call('DELETE', '/api/v1/templates/nightly:2')).body).toEqual({ deleted: 1 })
  expect((await call('DELETE', '/api/v1/templates/nightly')).body).toEqual({ deleted: 1 })
})

test.each([
  [{ template: 'nowhere' }, 404],
  [{ template: '../x' }, 400],
  [{ template: 'nightly', overwriteTemplate: '[mem]', cpu: 4 }, 400],
])('%j is refused', async (body, status) => {
  const { call, create } = await openWithJob()
  await create()
  expect((await call('POST', '/api/v1/jobs', body)).status).toBe(status)
})

test('an ended job runs again, changed', async () => {
  const { call, asked } = await openWithJob()
  const { status } = await call('POST', `/api/v1/jobs/${ID}/rerun`, { cpu: '4', envs: ['PASSWORD=new'] })
  expect(status).toBe(202)
  const changed = asked.at(-1)?.[3] as { readonly told: string; readonly spec: object }
  expect(changed.told).toBe('cpu 4, env PASSWORD')
  expect(changed.spec).toMatchObject({ name: 'mine', cpu: { min: 4 }, env: { A: '1', PASSWORD: 'new' } })
  await call('POST', `/api/v1/jobs/${ID}/rerun`)
  expect(asked.at(-1)).toEqual(['rerun', ID, 'admin', undefined])
})
