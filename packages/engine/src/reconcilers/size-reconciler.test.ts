import { DEFAULT_MIGRATE_POLICY, type Job, type MigratePolicy, USABLE_MEMORY } from '@mmcloud/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InsufficientCapacityError } from '../ports/provider/provider-errors.ts'
import { GIB, sample, SizingWorld } from '../sizing-world.ts'

const never = new AbortController().signal
const busyCpu: MigratePolicy = {
  ...DEFAULT_MIGRATE_POLICY,
  cpu: { ...DEFAULT_MIGRATE_POLICY.cpu, disable: false, upperBoundRatio: 50, step: 10_000 },
}
const growing: MigratePolicy = {
  ...DEFAULT_MIGRATE_POLICY,
  mem: { ...DEFAULT_MIGRATE_POLICY.mem, disable: false },
}

let world: SizingWorld
beforeEach(() => {
  world = new SizingWorld()
})
afterEach(() => world.engine.stop())

const limit = (count: number, ...types: string[]): void => {
  for (const type of types)
    for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, count)
}
const isBraked = async (job: Job): Promise<boolean> => {
  const { residence } = await world.job(job.id)
  return residence.kind === 'running' && world.fleet.report(residence.instance)?.job?.braked === true
}
const outcomes = async (job: Job): Promise<string[]> => (await world.moves(job)).map(({ outcome }) => outcome)

describe('a cloud', () => {
  test('that hangs when it is asked for its offers keeps no job from being saved', async () => {
    const swapping = await world.executing()
    await world.uses(swapping, () => 1.1)
    const other = await world.executing()
    world.provider.hangNext('offers')
    await world.clock.sleep(2000, never)
    const { residence } = await world.job(other.id)
    if (residence.kind !== 'running') throw new Error('not running')
    const asked = world.clock.now()
    await world.engine.commands.suspend(other.id, 'ada')
    await world.until(other.id, ({ status }) => status === 'Suspended')
    expect(world.clock.now() - asked).toBeLessThan(2000)
  })

  test('is asked for its offers once in a look, however many jobs want another size', async () => {
    const jobs = [await world.executing(), await world.executing(), await world.executing()]
    limit(0, 't3.medium', 'm5.large')
    for (const job of jobs) await world.uses(job, () => 1.1)
    await world.clock.sleep(2500, never)
    const calls = (): number => world.provider.calls.filter(({ method }) => method === 'offers').length
    const before = calls()
    await world.clock.sleep(25_000, never)
    expect((await world.job(jobs[2]!.id)).stuck).toBeDefined()
    expect(calls() - before).toBe(1)
  })

  test('that refuses every launch is asked less and less often, whatever it offers', async () => {
    const job = await world.executing()
    for (let n = 0; n < 1000; n += 1)
      world.provider.failNext('launch', new InsufficientCapacityError('just taken'))
    await world.uses(job, () => 1.1)
    await world.clock.sleep(40 * 60_000, never)
    const undone = await outcomes(job)
    expect(undone.length).toBeGreaterThan(3)
    expect(undone.length).toBeLessThan(9)
    expect(await world.sizeOf(job)).toBe(1)
  })
})

describe('a job that was frozen before its memory ran out', () => {
  test('and then finds no larger instance goes on at its old size, and is moved when there is one', async () => {
    const job = await world.executing()
    await world.uses(job, () => 1.1)
    await world.clock.sleep(1500, never)
    world.fleet.checkpointBytes = 1.1 * GIB
    await world.fleet.brake(job.id)
    for (let n = 0; n < 4; n += 1)
      world.provider.failNext('launch', new InsufficientCapacityError('just taken'))
    await world.until(job.id, ({ status, stuck }) => status === 'Executing' && stuck !== undefined)
    expect(await world.sizeOf(job)).toBe(1)
    expect(await world.story(job.id)).toContain('goesBack')
    const [move] = await world.moves(job)
    expect(move).toMatchObject({ outcome: 'done', target: { memGB: 1 } })
    await world.moved(job, 2)
    expect(await world.sizeOf(job)).toBe(4)
  })

  test('has stood still since then, by its ledger too', async () => {
    const job = await world.executing()
    await world.uses(job, () => 0.9)
    await world.clock.sleep(1500, never)
    limit(0, 't3.medium', 'm5.large')
    await world.until(job.id, () => true)
    await world.fleet.brake(job.id)
    const frozenAt = world.clock.now()
    await world.until(job.id, ({ stuck }) => stuck !== undefined)
    await world.clock.sleep(2000, never)
    await world.fleet.brake(job.id)
    const frozenAgainAt = world.clock.now()
    await world.clock.sleep(10_000, never)
    expect(await isBraked(job)).toBe(true)
    limit(1, 'm5.large')
    await world.moved(job, 1)
    const [move] = await world.moves(job)
    expect(move!.standStillMs).toBeGreaterThan(10_000)
    expect(move!.standStillMs).toBeLessThanOrEqual(move!.endedAt! - frozenAgainAt)
    expect(frozenAgainAt).toBeGreaterThan(frozenAt)
  })

  test('waits for a larger instance no longer than half a minute at a time', async () => {
    const job = await world.executing()
    limit(0, 't3.medium', 'm5.large')
    await world.uses(job, () => 1.1)
    await world.clock.sleep(40 * 60_000, never)
    const waited = (await world.job(job.id)).stuck!['evadeOOM']!
    expect(waited.retryAt - world.clock.now()).toBeGreaterThan(60_000)
    await world.fleet.brake(job.id)
    limit(1, 'm5.large')
    const since = world.clock.now()
    await world.moved(job, 1)
    expect(world.clock.now() - since).toBeLessThan(40_000)
  })

  test('at the most memory it may have goes on, whatever its cores wait for', async () => {
    const job = await world.executing({ memGB: { min: 1, max: 1 }, migratePolicy: busyCpu })
    world.usage.load(job.id, (at) => ({
      ...sample(at, 0.5 * GIB, GIB * USABLE_MEMORY),
      cpuPercent: 200,
    }))
    await world.until(job.id, ({ stuck }) => stuck?.['cpu.upperBoundRatio'] !== undefined)
    await expect(world.fleet.brake(job.id)).rejects.toThrow('may not brake')
  })
})

describe('the line of a move in the ledger', () => {
  test('is not one with what a rest took: it may grow at once', async () => {
    const job = await world.executing({ migratePolicy: growing })
    await world.engine.commands.suspend(job.id, 'ada')
    await world.until(job.id, ({ status }) => status === 'Suspended')
    await world.clock.sleep(3_600_000, never)
    await world.engine.commands.resume(job.id, 'ada')
    await world.until(job.id, ({ status, workflow }) => status === 'Executing' && !workflow)
    await world.uses(job, () => 0.83)
    const since = world.clock.now()
    await world.until(job.id, ({ moveTo }) => moveTo !== undefined)
    expect(world.clock.now() - since).toBeLessThan(120_000)
  })

  test('ends when the job does', async () => {
    const job = await world.executing()
    await world.uses(job, () => 0.9)
    await world.clock.sleep(1500, never)
    limit(0, 't3.micro')
    for (let n = 0; n < 1000; n += 1)
      world.provider.failNext('launch', new InsufficientCapacityError('just taken'))
    await world.fleet.brake(job.id)
    await world.until(job.id, ({ residence, workflow }) => residence.kind === 'saved' && !workflow)
    expect(await outcomes(job)).toEqual(['underway'])
    await world.engine.commands.cancel(job.id, 'ada')
    await world.until(job.id, ({ status }) => status === 'Cancelled')
    expect(await outcomes(job)).toEqual(['undone'])
  })

  test('ends when the program is begun anew, and is not completed by a later one', async () => {
    const job = await world.executing()
    const { residence } = await world.job(job.id)
    if (residence.kind !== 'running') throw new Error('not running')
    world.fleet.silence(residence.instance)
    await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
    world.provider.kill(residence.instance)
    await world.until(
      job.id,
      ({ attempt, status, workflow }) => attempt === 2 && status === 'Executing' && !workflow,
    )
    expect(await outcomes(job)).toEqual(['undone'])
    await world.engine.commands.migrate(job.id, 'ada', { instanceType: 't3.medium' })
    await world.moved(job, 1)
    expect(await outcomes(job)).toEqual(['undone', 'done'])
  })
})

test('a job that was saved at its peak shrinks all the same when it idles', async () => {
  let gib = 3
  const job = await world.executing({ migratePolicy: growing })
  await world.uses(job, () => gib)
  world.fleet.checkpointBytes = 3 * GIB
  await world.moved(job, 1)
  expect(await world.sizeOf(job)).toBe(4)
  gib = 0.05
  await world.moved(job, 2)
  expect(await world.sizeOf(job)).toBe(1)
  expect(await outcomes(job)).toEqual(['done', 'done'])
})
