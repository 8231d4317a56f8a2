import type { GatewayId } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 'a'.repeat(21)
const GOOD = 'correct horse'
const open = async () => {
  const api = await openTestApi()
  for (const name of ['ann', 'eve']) await api.addUser(name, GOOD)
  await api.addUser('vic', GOOD, 'viewer')
  const as = (name: string) => basic(name, GOOD)
  const create = async (who: string): Promise<string> =>
    String((await api.call('POST', '/api/v1/gateways', undefined, who)).body['id'])
  /** A job of ann's behind that gateway. */
  const behind = (gateway: string) =>
    api.records.write((tx) =>
      tx.insertJob(
        aJob(ID, {
          user: 'ann',
          gatewayPorts: [{ gateway: gateway as GatewayId, port: 20_000, containerPort: 80 }],
        }),
      ),
    )
  return { ...api, as, create, behind }
}

test('a gateway is its owner’s: others of no role see it, viewers look', async () => {
  const { call, as, create } = await open()
  const id = await create(as('ann'))
  expect(id).toMatch(/^g-[a-z0-9]{21}$/)
  const status = async (method: 'GET' | 'DELETE', who: string) =>
    (await call(method, `/api/v1/gateways/${id}`, undefined, who)).status
  expect(await status('GET', as('vic'))).toBe(200)
  expect(await status('GET', as('eve'))).toBe(404)
  expect(await status('DELETE', as('vic'))).toBe(403)
  expect(await status('DELETE', as('eve'))).toBe(404)
  expect((await call('POST', '/api/v1/gateways', undefined, as('vic'))).status).toBe(403)
  const listed = (who: string) => call('GET', '/api/v1/gateways', undefined, who)
  expect((await listed(as('eve'))).body).toEqual({ gateways: [] })
  expect((await listed(as('ann'))).body['gateways']).toHaveLength(1)
  expect(await status('DELETE', as('ann'))).toBe(200)
  expect(await status('GET', as('ann'))).toBe(404)
})

test('it tells what it leads to, and is not destroyed meanwhile', async () => {
  const { call, as, create, behind } = await open()
  const id = await create(as('ann'))
  await behind(id)
  const { body } = await call('GET', `/api/v1/gateways/${id}`, undefined, as('ann'))
  expect(body['connections']).toEqual([
    { job: ID, jobName: expect.any(String), status: 'Submitted', targetPort: 80, address: '127.0.0.1:20000' },
  ])
  const { status, body: refused } = await call('DELETE', `/api/v1/gateways/${id}`, undefined, as('ann'))
  expect([status, refused['message']]).toEqual([409, expect.stringContaining(`leads to job ${ID}`)])
  const { body: job } = await call('GET', `/api/v1/jobs/${ID}`, undefined, as('ann'))
  expect(job['gatewayMappings']).toEqual(['80 -> 127.0.0.1:20000'])
})

test('one leads to jobs of its owner alone', async () => {
  const { call, as, create, behind, asked } = await open()
  const [hers, mine] = [await create(as('ann')), await create(as('eve'))]
  await behind(hers)
  const connect = async (id: string, who: string) =>
    (await call('POST', `/api/v1/gateways/${id}/connections`, { job: ID, targetPort: 80 }, who)).status
  expect(await connect(mine, as('eve'))).toBe(404)
  expect(await connect(hers, as('eve'))).toBe(404)
  expect(asked).toEqual([])
  expect(await connect(hers, as('ann'))).toBe(201)
  expect(asked).toEqual([['connect', ID, hers, 80]])
})

test('a submit makes one for who has none, and names no other user’s', async () => {
  const { call, as, create, records } = await open()
  const submit = (gateway: string, who: string) =>
    call(
      'POST',
      '/api/v1/jobs',
      { image: 'python', gateway, targetPort: 8888, allowFrom: ['10.0.0.0/8'] },
      who,
    )
  const hers = await create(as('ann'))
  expect((await submit(hers, as('eve'))).status).toBe(404)
  expect((await submit('auto', as('eve'))).status).toBe(201)
  const [job] = await records.read((view) => view.jobs({ user: 'eve' }))
  const { body } = await call('GET', '/api/v1/gateways', undefined, as('eve'))
  expect(body['gateways']).toEqual([expect.objectContaining({ id: job?.spec.gateway?.id, user: 'eve' })])
  expect(job?.spec).toMatchObject({
    gateway: { targetPort: 8888 },
    publish: [{ hostPort: 8888, containerPort: 8888 }],
  })
})
