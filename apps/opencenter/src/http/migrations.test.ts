import type { Instance, InstanceId, JobId, Volume, VolumeId, WorkflowId } from '@mmcloud/domain'
import type { MigrationRecord } from '@mmcloud/engine'
import { beforeEach, describe, expect, test } from 'vitest'
import { aJob, openTestApi } from './test-api.ts'

const ID = 'm'.repeat(21)
const HOUR = 3_600_000

const instance = (
  id: string,
  instanceType: string,
  pricePerHour: number,
  changes: Partial<Instance>,
): Instance => ({
  id: id as InstanceId,
  jobId: ID as JobId,
  offer: {
    provider: 'local',
    instanceType,
    cpu: 2,
    memGB: 1,
    market: 'spot',
    pricePerHour,
    cpuFeatures: [],
  },
  state: 'ready',
  cloudId: `c-${id}`,
  requestedAt: 0,
  version: 1,
  ...changes,
})

const MOVE: MigrationRecord = {
  id: 'w-1' as WorkflowId,
  trigger: 'evadeOOM',
  reason: 'swapping',
  numbers: {
    measured: 120,
    threshold: 32,
    heldSeconds: 3,
    from: 't3.micro (2Core1GB/Spot)',
    to: 't3.small (2Core2GB/Spot)',
    pricePerHour: 0.006,
  },
  rule: 'evadeOOM',
  alternatives: [
    { instanceType: 't3.medium', cpu: 2, memGB: 4, market: 'spot', pricePerHour: 0.01, rejected: 'dearer' },
  ],
  source: {
    instance: 'i-1' as InstanceId,
    instanceType: 't3.micro',
    cpu: 2,
    memGB: 1,
    market: 'spot',
    pricePerHour: 0.003,
  },
  target: {
    instance: 'i-2' as InstanceId,
    instanceType: 't3.small',
    cpu: 2,
    memGB: 2,
    market: 'spot',
    pricePerHour: 0.006,
  },
  startedAt: 10_000,
  endedAt: 14_000,
  bytes: 123,
  standStillMs: 3000,
  phases: { decide: 3000, launch: 800, freeze: 10, dump: 900, handOver: 500, restore: 1590 },
  costUsd: 0.000_01,
  outcome: 'done',
}

let api: Awaited<ReturnType<typeof openTestApi>>
beforeEach(async () => {
  api = await openTestApi()
  api.time.now = 2 * HOUR
  const disk: Volume = {
    id: 'vol-1' as VolumeId,
    jobId: ID as JobId,
    sizeGB: 73,
    mountPoint: '',
    state: 'available',
    epoch: 1,
    madeAt: 0,
    version: 1,
  }
  await api.records.write(async (tx) => {
    await tx.insertJob(aJob(ID, { status: 'Executing', costUsd: 0.003 }))
    await tx.insertJob(aJob('n'.repeat(21), { user: 'bob' }))
    await tx.insertInstance(instance('i-1', 't3.micro', 0.003, { state: 'gone', goneAt: HOUR }))
    await tx.insertInstance(instance('i-2', 't3.small', 0.006, { requestedAt: HOUR }))
    await tx.insertVolume(disk)
    await tx.putMigration(ID as JobId, MOVE)
  })
})

test('a move tells in a sentence what happened, on which numbers, from where to where and at what price', async () => {
  const { body } = await api.call('GET', `/api/v1/jobs/${ID}/migrations`)
  expect((body['migrations'] as object[])[0]).toMatchObject({
    id: 'w-1',
    trigger: 'evadeOOM',
    rule: 'evadeOOM',
    reason:
      'lives on 120 MiB of swap: moves from t3.micro (2Core1GB/Spot) to t3.small (2Core2GB/Spot), 0.006 USD/h, before memory runs out',
    from: 't3.micro (2Core1GB/Spot)',
    to: 't3.small (2Core2GB/Spot)',
    standStillMs: 3000,
    bytes: 123,
    cost: 0.000_01,
    savingPerHour: -0.003,
    alternatives: [{ instanceType: 't3.medium', rejected: 'dearer' }],
  })
})

test('the instances of a job, with what each has cost', async () => {
  const { body } = await api.call('GET', `/api/v1/jobs/${ID}/instances`)
  expect(body['instances']).toMatchObject([
    { instance: 'i-1', instanceType: 't3.micro', endTime: '1970-01-01T01:00:00.000Z', cost: 0.003 },
    { instance: 'i-2', instanceType: 't3.small', state: 'ready', cost: 0.006 },
  ])
})

describe('costs', () => {
  test('of a job: disk included, and what it saved', async () => {
    const { body } = await api.call('GET', `/api/v1/jobs/${ID}/cost`)
    expect(body['spot']).toBeCloseTo(0.009)
    expect(body['volumes']).toBeCloseTo(0.016)
    expect(body['total']).toBeCloseTo(0.025)
    // t3.micro costs 0.0104 on demand; t3.small is in no list and counts as paid.
    expect(body['savedAgainstOnDemand']).toBeCloseTo(0.0074)
    expect((await api.call('GET', `/api/v1/jobs/${ID}`)).body['cost']).toBe('0.0250 USD')
  })
  test.each([
    ['job', [ID, 'n'.repeat(21)]],
    ['user', ['admin', 'bob']],
    ['tag:project', ['']],
  ])('by %s, dearest first', async (by, keys) => {
    const { body } = await api.call('GET', `/api/v1/costs?by=${by}`)
    const rows = body['rows'] as { key: string; total: number }[]
    expect(rows.map(({ key }) => key)).toEqual(keys)
    expect((body['sum'] as { total: number }).total).toBeCloseTo(0.025)
  })
  test('by something else is refused, and so is a time that is none', async () => {
    expect((await api.call('GET', '/api/v1/costs?by=moon')).body['message']).toContain(
      'none of job, user and tag:KEY',
    )
    expect((await api.call('GET', '/api/v1/costs?since=soon')).body['message']).toContain('--since: "soon"')
  })
})

test('a job is changed by its keys, and a wrong one is named', async () => {
  const ok = await api.call('PATCH', `/api/v1/jobs/${ID}`, { migratePolicy: '[mem.step=100]' })
  expect(ok.status).toBe(202)
  expect(api.asked.at(-1)).toMatchObject([
    'modify',
    ID,
    'admin',
    { bounds: false, told: 'migratePolicy [mem.step=100]' },
  ])
  const wrong = await api.call('PATCH', `/api/v1/jobs/${ID}`, {})
  expect(wrong).toMatchObject({ status: 400 })
  expect(wrong.body['message']).toContain('nothing to change')
})
