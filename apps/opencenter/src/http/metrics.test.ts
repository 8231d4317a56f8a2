import type { Instance, InstanceId, JobId, WorkflowId } from '@mmcloud/domain'
import type { MigrationRecord } from '@mmcloud/engine'
import { beforeEach, expect, test } from 'vitest'
import { aSample } from '../wavewatcher/test-sample.ts'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 'm'.repeat(21) as JobId
const OTHER = 'o'.repeat(21) as JobId
const HOUR = 3_600_000
const RATES = ['swap_in', 'swap_out', 'disk_read', 'disk_write', 'network_receive', 'network_transmit']

const move = (id: string, changes: Partial<MigrationRecord>): MigrationRecord => ({
  id: id as WorkflowId,
  trigger: 'evadeOOM',
  reason: 'swapping',
  numbers: {},
  rule: 'evadeOOM',
  alternatives: [],
  startedAt: 1,
  phases: {},
  outcome: 'done',
  ...changes,
})

let api: Awaited<ReturnType<typeof openTestApi>>
beforeEach(async () => {
  api = await openTestApi()
  const instance: Instance = {
    id: 'i-1' as InstanceId,
    jobId: ID,
    offer: {
      provider: 'local',
      instanceType: 't3.micro',
      cpu: 2,
      memGB: 1,
      market: 'spot',
      pricePerHour: 0.25,
      cpuFeatures: [],
    },
    state: 'ready',
    cloudId: 'c-1',
    requestedAt: api.time.now - 2 * HOUR,
    version: 1,
  }
  await api.records.write(async (tx) => {
    await tx.insertJob(aJob(ID, { status: 'Executing' }))
    await tx.insertJob(aJob(OTHER, { status: 'Suspended', user: 'ann' }))
    await tx.insertInstance(instance)
    await tx.putMigration(ID, move('w-1', {}))
    await tx.putMigration(ID, move('w-2', { outcome: 'underway' }))
    await tx.putMigration(OTHER, move('w-3', { trigger: 'reclaim', outcome: 'undone' }))
  })
})

const scrape = async (authorization?: string) => {
  const { statusCode, headers, body } = await api.app.inject({
    url: '/metrics',
    headers: authorization === undefined ? {} : { authorization },
  })
  return { statusCode, type: headers['content-type'], lines: body.split('\n') }
}
const asAdmin = () => scrape(basic('admin', 'right'))
const LABELS = `{job_id="${ID}",job_name="a",user="admin"}`

test('jobs, instances, moves and costs are counted from the records', async () => {
  const { statusCode, type, lines } = await asAdmin()
  expect(statusCode).toBe(200)
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(lines).toContain('mmcloud_build_info{version="1.2.3"} 1')
  expect(lines).toContain('mmcloud_jobs{status="Executing"} 1')
  expect(lines).toContain('mmcloud_jobs{status="Completed"} 0')
  expect(lines).toContain('mmcloud_instances{state="ready",market="spot"} 1')
  expect(lines).toContain('mmcloud_migrations_total{trigger="evadeOOM",outcome="done"} 1')
  expect(lines).toContain('mmcloud_migrations_total{trigger="reclaim",outcome="undone"} 1')
  expect(lines).toContain('mmcloud_migrations_total{trigger="manual",outcome="done"} 0')
  expect(lines).toContain('mmcloud_cost_usd_total{kind="spot"} 0.5')
  expect(lines).toContain('mmcloud_samples_ingested_total 0')
})

test('what a job uses is there while it is measured, and absent, not zero, while it is not', async () => {
  const without = await asAdmin()
  expect(without.lines.filter((line) => line.startsWith('mmcloud_job_'))).toEqual([])
  const rates = {
    swapInRate: 1,
    swapOutRate: 2,
    diskReadRate: 3,
    diskWriteRate: 4,
    netInRate: 5,
    netOutRate: 6,
    processes: 8,
  }
  api.measured(ID, [
    aSample(api.time.now - 1000, { cpuPercent: 150, capacityCpu: 2, swapBytes: 7, ...rates }),
  ])
  const { lines } = await asAdmin()
  expect(lines).toContain(`mmcloud_job_cpu_usage_cores${LABELS} 1.5`)
  expect(lines).toContain(`mmcloud_job_cpu_usage_ratio${LABELS} 0.75`)
  expect(lines).toContain(`mmcloud_job_memory_usage_bytes${LABELS} 500`)
  expect(lines).toContain(`mmcloud_job_memory_capacity_bytes${LABELS} 1000`)
  expect(lines).toContain(`mmcloud_job_swap_usage_bytes${LABELS} 7`)
  for (const [index, name] of RATES.entries())
    expect(lines).toContain(`mmcloud_job_${name}_bytes_per_second${LABELS} ${index + 1}`)
  expect(lines).toContain(`mmcloud_job_processes${LABELS} 8`)
  expect(lines.filter((line) => line.startsWith('mmcloud_job_memory_stall_ratio'))).toEqual([])
  api.time.now += 60_000
  const frozen = await asAdmin()
  expect(frozen.lines.filter((line) => line.startsWith('mmcloud_job_'))).toEqual([])
})

test('every name says what it is: prefix, unit, kind, and a line of help', async () => {
  api.measured(ID, [aSample(api.time.now, { memStallPercent: 1 })])
  const { lines } = await asAdmin()
  const types = lines
    .flatMap((line) => [/^# TYPE (\S+) (\S+)$/.exec(line)?.slice(1) ?? []])
    .filter(([n]) => n)
  expect(types.length).toBeGreaterThan(10)
  for (const [name, type] of types) {
    expect(name).toMatch(/^mmcloud_[a-z_]+$/)
    expect(type).toBe(name!.endsWith('_total') ? 'counter' : 'gauge')
    expect(lines.filter((line) => line.startsWith(`# HELP ${name} `))).toHaveLength(1)
  }
  for (const line of lines) expect(line).toMatch(/^$|^# (HELP|TYPE) |^\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+$/)
})

test('a stranger is turned away, a user sees what is theirs', async () => {
  expect((await scrape()).statusCode).toBe(401)
  await api.addUser('ann', 'hers')
  const { lines } = await scrape(basic('ann', 'hers'))
  expect(lines).toContain('mmcloud_jobs{status="Suspended"} 1')
  expect(lines).toContain('mmcloud_jobs{status="Executing"} 0')
  expect(lines).toContain('mmcloud_cost_usd_total{kind="spot"} 0')
})
