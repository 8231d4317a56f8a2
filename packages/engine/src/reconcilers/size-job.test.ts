import { DEFAULT_MIGRATE_POLICY, type Job, type MigratePolicy, USABLE_MEMORY } from '@mmcloud/domain'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InsufficientCapacityError } from '../ports/provider/provider-errors.ts'
import { sample, SizingWorld } from '../sizing-world.ts'

const GIB = 2 ** 30
const never = new AbortController().signal

let world: SizingWorld
beforeEach(() => {
  world = new SizingWorld()
})
afterEach(() => world.engine.stop())

const growing: MigratePolicy = {
  ...DEFAULT_MIGRATE_POLICY,
  mem: { ...DEFAULT_MIGRATE_POLICY.mem, disable: false },
}

describe('a job that outgrows its memory', () => {
  test('is moved as soon as it swaps, thresholds off, and the ledger says why', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 5)
    await world.uses(job, () => 1.1)
    await world.moved(job, 1)
    expect(await world.sizeOf(job)).toBe(4)
    expect(await world.fleet.work(job.id, 1)).toBe(6)
    const [move] = await world.moves(job)
    expect(move).toMatchObject({
      trigger: 'evadeOOM',
      rule: 'evadeOOM',
      reason: 'swapping',
      numbers: { from: 't3.micro (2Core1GB/Spot)', to: 't3.medium (2Core4GB/Spot)', threshold: 32 },
      source: { instanceType: 't3.micro', memGB: 1 },
      target: { instanceType: 't3.medium', memGB: 4 },
      outcome: 'done',
    })
    expect(move!.alternatives.map(({ instanceType, rejected }) => [instanceType, rejected])).toContainEqual([
      'm5.large',
      'dearer',
    ])
    expect(move!.phases['decide']).toBeGreaterThanOrEqual(3000)
    expect(Object.keys(move!.phases)).toEqual(['decide', 'launch', 'freeze', 'dump', 'handOver', 'restore'])
    expect(await world.story(job.id)).toContain('swapping')
  })

  test('goes where it was planned to go, though something cheaper has come up meanwhile', async () => {
    const job = await world.executing()
    world.provider.limit('t3.medium', 'spot', 0)
    const offers = world.provider.offers.bind(world.provider)
    world.provider.offers = async () => {
      const planned = await offers()
      world.provider.limit('t3.medium', 'spot', 1)
      return planned
    }
    await world.uses(job, () => 1.1)
    await world.moved(job, 1)
    expect((await world.moves(job))[0]).toMatchObject({
      numbers: { to: 'm5.large (2Core8GB/Spot)' },
      target: { instanceType: 'm5.large' },
    })
  })

  test('goes to no type that it may not be on', async () => {
    const job = await world.executing({ types: { allow: [], deny: ['*.medium'] } })
    await world.uses(job, () => 1.1)
    await world.moved(job, 1)
    const [move] = await world.moves(job)
    expect(move).toMatchObject({ target: { instanceType: 'm5.large' } })
    expect(move!.alternatives).toContainEqual(
      expect.objectContaining({ instanceType: 't3.medium', rejected: 'on the denyList: *.medium' }),
    )
  })

  test('goes to the next best when the best is taken before it comes', async () => {
    const job = await world.executing()
    world.provider.failNext('launch', new InsufficientCapacityError('just taken'))
    await world.uses(job, () => 1.1)
    await world.moved(job, 1)
    expect((await world.moves(job))[0]).toMatchObject({
      target: { instanceType: 'm5.large', market: 'spot' },
    })
  })

  test('keeps the size it has grown to when its instance is taken', async () => {
    const job = await world.executing()
    await world.uses(job, () => 1.1)
    const grown = await world.moved(job, 1)
    if (grown.residence.kind !== 'running') throw new Error('not running')
    await world.provider.reclaim(grown.residence.instance, 120)
    await world.moved(job, 2)
    expect(await world.sizeOf(job)).toBe(4)
  })

  test('stays where nothing larger is to be had, says so once, and moves when there is', async () => {
    const job = await world.executing()
    for (const type of ['t3.medium', 'm5.large'])
      for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, 0)
    await world.uses(job, () => 1.1)
    await world.clock.sleep(300_000, never)
    expect((await world.story(job.id)).filter((reason) => reason === 'noLargerOffer')).toHaveLength(1)
    expect((await world.job(job.id)).stuck).toMatchObject({ evadeOOM: { tries: 4 } })
    world.provider.limit('m5.large', 'spot', 1)
    await world.moved(job, 1)
    expect(await world.sizeOf(job)).toBe(8)
    expect((await world.job(job.id)).stuck).toBeUndefined()
  })

  test('stays at its maximum, and says so once', async () => {
    const job = await world.executing({ memGB: { min: 1, max: 1 }, migratePolicy: growing })
    await world.uses(job, () => 0.83)
    await world.clock.sleep(120_000, never)
    expect(await world.moves(job)).toEqual([])
    expect((await world.story(job.id)).filter((reason) => reason === 'atLimit')).toHaveLength(1)
  })
})

describe('a job whose memory runs out faster than it can be moved', () => {
  test('is saved first and goes on where there is room', async () => {
    const job = await world.executing()
    await world.uses(job, () => 0.9)
    await world.clock.sleep(1500, never)
    await world.fleet.brake(job.id)
    await world.moved(job, 1)
    expect(await world.sizeOf(job)).toBe(4)
    const story = await world.story(job.id)
    expect(story.slice(story.indexOf('memoryRanOut'))).toEqual([
      'memoryRanOut',
      'saved',
      'offerChosen',
      'instanceReady',
      'restored',
    ])
  })
  test('goes on where nothing larger is to be had now, and is frozen again only before it would be killed', async () => {
    const job = await world.executing()
    for (const type of ['t3.medium', 'm5.large'])
      for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, 0)
    await world.uses(job, () => 0.9)
    await world.clock.sleep(1500, never)
    const braked = async (): Promise<boolean | undefined> => {
      const { residence } = await world.job(job.id)
      return residence.kind === 'running' ? world.fleet.report(residence.instance)?.job?.braked : undefined
    }
    await world.fleet.brake(job.id)
    expect(await braked()).toBe(true)
    await world.clock.sleep(5000, never)
    expect(await braked()).toBe(false)
    expect((await world.story(job.id)).at(-1)).toBe('noLargerOffer')
    await world.fleet.brake(job.id)
    // A frozen program is not measured.
    const frozenAt = world.clock.now()
    world.usage.load(job.id, (at) =>
      at <= frozenAt ? sample(at, 0.9 * GIB, GIB * USABLE_MEMORY) : undefined,
    )
    await world.clock.sleep(600_000, never)
    expect(await braked()).toBe(true)
    world.provider.limit('m5.large', 'spot', 1)
    await world.moved(job, 1)
    expect(await world.sizeOf(job)).toBe(8)
  })
  test('is not frozen where it may not grow, nor where that is switched off', async () => {
    const full = await world.executing({ memGB: { min: 1, max: 1 } })
    await world.uses(full, () => 0.9)
    await world.clock.sleep(10_000, never)
    await expect(world.fleet.brake(full.id)).rejects.toThrow('may not brake')
    const off = await world.executing({ migratePolicy: { ...DEFAULT_MIGRATE_POLICY, evadeOOM: false } })
    await world.clock.sleep(1500, never)
    await expect(world.fleet.brake(off.id)).rejects.toThrow('may not brake')
  })
})

describe('a rule that holds in vain', () => {
  const busy: MigratePolicy = {
    ...DEFAULT_MIGRATE_POLICY,
    cpu: { ...DEFAULT_MIGRATE_POLICY.cpu, disable: false, upperBoundRatio: 50, step: 10_000 },
  }
  /** Both cores busy all the time, and so much memory. */
  const load = (job: Job, gib: () => number): void =>
    world.usage.load(job.id, (at) => ({
      ...sample(at, gib() * GIB, GIB * USABLE_MEMORY),
      cpuPercent: 200,
    }))
  const brake = async (job: Job): Promise<string | undefined> => {
    const { residence } = await world.job(job.id)
    return residence.kind === 'running' ? world.fleet.report(residence.instance)?.job?.brake : undefined
  }

  test('does not keep a job that swaps from being moved at once, nor from being frozen in time', async () => {
    let gib = 0.2
    const job = await world.executing({ migratePolicy: busy })
    load(job, () => gib)
    await world.clock.sleep(600_000, never)
    expect((await world.job(job.id)).stuck).toMatchObject({ 'cpu.upperBoundRatio': { why: 'noOffer' } })
    expect(await brake(job)).toBe('early')
    gib = 1.1
    const swapsAt = world.clock.now()
    await world.moved(job, 1)
    const [move] = await world.moves(job)
    expect(move).toMatchObject({ trigger: 'evadeOOM' })
    expect(move!.startedAt - swapsAt).toBeLessThan(10_000)
  })

  test('is told once, however it and another take turns', async () => {
    let turn = 0
    const job = await world.executing({
      memGB: { min: 1, max: 1 },
      migratePolicy: { ...growing, mem: { ...growing.mem, upperBoundSeconds: 5 } },
    })
    load(job, () => (Math.floor((turn += 1) / 2000) % 2 === 0 ? 0.84 : 1.1))
    await world.clock.sleep(600_000, never)
    const told = (await world.records.read((view) => view.events(job.id)))
      .filter(({ reason }) => reason === 'atLimit')
      .map(({ numbers }) => numbers['rule'])
    expect(told.length).toBeGreaterThan(0)
    expect(told).toEqual([...new Set(told)])
  })

  test('is looked for again soon where the clock was set back', async () => {
    const job = await world.executing()
    for (const type of ['t3.medium', 'm5.large'])
      for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, 0)
    load(job, () => 1.1)
    await world.clock.sleep(300_000, never)
    world.clock.jump(-3 * 3_600_000)
    world.provider.limit('m5.large', 'spot', 1)
    const since = world.clock.now()
    await world.moved(job, 1)
    expect(world.clock.now() - since).toBeLessThan(60_000)
  })
})

test('a job that idles goes down, and up again when it wants more', async () => {
  let gib = 3
  const job = await world.executing({ memGB: { min: 1 }, migratePolicy: growing })
  await world.uses(job, () => gib)
  await world.moved(job, 1)
  expect(await world.sizeOf(job)).toBe(4)
  gib = 0.05
  await world.moved(job, 2)
  expect(await world.sizeOf(job)).toBe(1)
  gib = 0.83
  await world.moved(job, 3)
  expect((await world.moves(job)).map(({ trigger }) => trigger)).toEqual([
    'evadeOOM',
    'policyMemDown',
    'policyMemUp',
  ])
})

test('one move at a time, each from where the last one went, whatever the load does', async () => {
  let made = 0
  const phase = fc.record({
    seconds: fc.integer({ min: 5, max: 400 }),
    gib: fc.double({ min: 0.05, max: 5, noNaN: true }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(phase, { minLength: 2, maxLength: 5 }), async (phases) => {
      world = new SizingWorld()
      const job = await world.executing({ migratePolicy: growing })
      const began = world.clock.now()
      const cycle = phases.flatMap(({ seconds, gib }) => Array.from({ length: seconds }, () => gib))
      await world.uses(job, (at) => cycle[Math.floor((at - began) / 1000) % cycle.length] ?? 0.05)
      for (let second = 0; second < 1800; second += 1) {
        await world.clock.sleep(1000, never)
        expect(
          (await world.moves(job)).filter(({ outcome }) => outcome === 'underway').length,
        ).toBeLessThanOrEqual(1)
      }
      const done = (await world.moves(job)).filter(({ outcome }) => outcome === 'done')
      made += done.length
      for (const [index, move] of done.entries())
        if (index > 0) expect(move.source!.instance).toBe(done[index - 1]!.target!.instance)
      await world.engine.stop()
    }),
    { numRuns: 15 },
  )
  // Else nothing was tried.
  expect(made).toBeGreaterThan(0)
}, 60_000)

test('a policy that is changed during a move applies to the next decision', async () => {
  const job = await world.executing()
  await world.uses(job, () => 1.1)
  const off = { ...DEFAULT_MIGRATE_POLICY, evadeOOM: false }
  const { promise: modified, resolve } = Promise.withResolvers<Job>()
  world.fleet.onBegin = () =>
    resolve(
      world.engine.commands.modify(job.id, 'ada', {
        change: (spec) => ({ ...spec, migratePolicy: off }),
        bounds: false,
        told: 'migratePolicy evadeOOM=false',
      }),
    )
  expect((await modified).status).toBe('Floating')
  await world.moved(job, 1)
  await world.uses(job, () => 5)
  await world.clock.sleep(60_000, never)
  expect(await world.moves(job)).toHaveLength(1)
})

test('a worker that has been silent for long, or whose clock is far off, is not judged', async () => {
  const job = await world.executing()
  world.usage.load(job.id, (at) => sample(at - 120_000, 1.1 * GIB, 0.85 * GIB))
  await world.clock.sleep(60_000, never)
  expect(await world.moves(job)).toEqual([])
})

describe('new bounds', () => {
  const to = (min: number) => ({
    change: (spec: Job['spec']) => ({ ...spec, memGB: { min } }),
    bounds: true,
    told: `mem ${min}`,
  })
  test('move a job whose instance does not fit them, and only then', async () => {
    const job = await world.executing()
    await world.engine.commands.modify(job.id, 'ada', to(1))
    await world.clock.sleep(5000, never)
    expect(await world.moves(job)).toEqual([])
    await world.engine.commands.modify(job.id, 'ada', to(4))
    await world.moved(job, 1)
    expect(await world.sizeOf(job)).toBe(4)
    expect((await world.moves(job))[0]).toMatchObject({ trigger: 'manual', reason: 'migrateAsked' })
  })
  test('that no type has are refused, and change nothing', async () => {
    const job = await world.executing()
    await expect(world.engine.commands.modify(job.id, 'ada', to(64))).rejects.toThrow('no instance type fits')
    expect((await world.job(job.id)).spec.memGB).toEqual({ min: 1 })
  })
})
