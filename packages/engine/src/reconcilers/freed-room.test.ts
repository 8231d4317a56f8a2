import type { Job, JobSpec } from '@mmcloud/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestWorld } from '../test-world.ts'

/** Ten minutes between tries, and one try: who waits for that is not there in seconds. */
const PATIENT: Partial<JobSpec> = {
  vmPolicy: { policy: 'spotOnly', retryLimit: 1, retryIntervalSeconds: 600 },
}

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
  for (const type of ['t3.micro', 't3.medium', 'm5.large']) world.provider.limit(type, 'spot', 0)
  world.provider.limit('t3.micro', 'spot', 1)
})
afterEach(() => world.engine.stop())

const waiting = async (overrides: Partial<JobSpec> = {}): Promise<Job> => {
  await world.clock.sleep(1, new AbortController().signal)
  const job = await world.submitted({ ...PATIENT, ...overrides })
  return world.until(job.id, (now) => now.waitsForCapacity === true && now.workflow === undefined)
}

const cancelled = async (job: Job): Promise<number> => {
  await world.engine.commands.cancel(job.id, 'ada')
  await world.until(job.id, (now) => now.status === 'Cancelled' && now.workflow === undefined)
  return world.clock.now()
}

test('a job that waits for capacity has the room of an instance that goes at once', async () => {
  const holder = await world.executing(PATIENT)
  const job = await waiting()
  const freedAt = await cancelled(holder)
  await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
  expect(world.clock.now() - freedAt).toBeLessThan(10_000)
})

test('the oldest that fits goes first; one that needs more does not stand in its way', async () => {
  const holder = await world.executing(PATIENT)
  const large = await waiting({ memGB: { min: 8 } })
  const first = await waiting()
  const second = await waiting()
  await cancelled(holder)
  await world.until(first.id, (now) => now.status === 'Executing')
  expect([(await world.job(large.id)).status, (await world.job(second.id)).status]).toEqual([
    'Submitted',
    'Submitted',
  ])
})

test('a try before its time that comes to nothing costs no retry and is not told', async () => {
  const holder = await world.executing(PATIENT)
  const jobs = await Promise.all([waiting(), waiting(), waiting()])
  await cancelled(holder)
  await world.until(jobs[0].id, () => world.provider.existing().length === 1)
  await world.clock.sleep(120_000, new AbortController().signal)
  const after = await Promise.all(jobs.map(({ id }) => world.job(id)))
  expect(after.filter(({ status }) => status === 'Executing').length).toBe(1)
  for (const job of after.filter(({ status }) => status === 'Submitted')) {
    expect(await world.story(job.id)).toEqual(['submitted', 'noCapacity'])
    expect(job).toMatchObject({ placementTries: 1, waitsForCapacity: true })
  }
})

test('the room of one is not asked for by all that wait', async () => {
  const holder = await world.executing(PATIENT)
  const jobs = []
  for (let n = 0; n < 20; n += 1) jobs.push(await waiting())
  const asked = (): number => world.provider.calls.filter(({ method }) => method === 'launch').length
  const before = asked()
  await cancelled(holder)
  await world.until(jobs[0]!.id, (now) => now.status === 'Executing')
  expect(asked() - before).toBeLessThanOrEqual(4)
  expect(asked() - before).toBeGreaterThan(0)
})

test('a saved job goes on where room came free', async () => {
  const saved = await world.executing(PATIENT)
  await world.fleet.work(saved.id, 5)
  await world.engine.commands.suspend(saved.id, 'ada')
  await world.until(saved.id, (now) => now.status === 'Suspended' && now.workflow === undefined)
  const holder = await world.executing(PATIENT)
  await world.engine.commands.resume(saved.id, 'ada')
  await world.until(saved.id, (now) => now.waitsForCapacity === true)
  const freedAt = await cancelled(holder)
  await world.until(saved.id, (now) => now.status === 'Executing' && now.workflow === undefined)
  expect(world.clock.now() - freedAt).toBeLessThan(10_000)
  expect((await world.fleet.copies(saved.id)).map(({ progress }) => progress)).toEqual([5])
})
