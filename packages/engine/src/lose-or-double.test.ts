import fc from 'fast-check'
import type { InstanceId, Job, JobId } from '@mmcloud/domain'
import { hasEnded } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import type { WorkerMethod } from '@mmcloud/contract'
import type { Provider } from './ports/provider/provider.ts'
import { TestWorld } from './test-world.ts'

/**
 * Random misfortune, in virtual time and repeatable by its seed: whatever happens in whatever order, a job has at most
 * one running copy, its saved progress is not lost, and when the misfortune is over it goes on or has ended.
 */
const SEED = Number(process.env['MMCLOUD_SEED'] ?? 1)
const RUNS = Number(process.env['MMCLOUD_RUNS'] ?? 300)

const never = new AbortController().signal
const LOOK_MS = 50

const deeds = [
  'launch',
  'terminate',
  'attachVolume',
  'detachVolume',
  'createVolume',
  'list',
  'offers',
] as const satisfies readonly (keyof Provider)[]
const wishes = ['migrate', 'suspend', 'resume', 'snapshot', 'drill'] as const
const requests = [
  'captureJob',
  'startJob',
  'releaseVolumes',
  'mountVolumes',
] as const satisfies readonly WorkerMethod[]

const fault = fc.oneof(
  fc.record({ what: fc.constant('kill' as const), which: fc.nat(3) }),
  fc.record({
    what: fc.constant('reclaim' as const),
    which: fc.nat(3),
    notice: fc.constantFrom(0, 2, 30, 120),
  }),
  fc.record({
    what: fc.constant('silence' as const),
    which: fc.nat(3),
    forMs: fc.integer({ min: 100, max: 200_000 }),
  }),
  fc.record({ what: fc.constant('crash' as const), writes: fc.nat(12) }),
  fc.record({ what: fc.constant('refuse' as const), deed: fc.constantFrom(...deeds) }),
  fc.record({ what: fc.constant('loseAnswer' as const), deed: fc.constantFrom(...deeds) }),
  fc.record({
    what: fc.constant('hang' as const),
    deed: fc.constantFrom('list', 'listVolumes', 'offers', 'terminate'),
  }),
  fc.record({ what: fc.constant('away' as const), forMs: fc.integer({ min: 100, max: 60_000 }) }),
  fc.record({ what: fc.constant('noCapacity' as const), forMs: fc.integer({ min: 100, max: 60_000 }) }),
  fc.record({ what: fc.constant('workerRefuses' as const), request: fc.constantFrom(...requests) }),
  fc.record({ what: fc.constant('wish' as const), wish: fc.constantFrom(...wishes) }),
  fc.record({ what: fc.constant('clockJump' as const), byMs: fc.integer({ min: -600_000, max: 600_000 }) }),
)
type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never
const schedule = fc.array(fc.record({ afterMs: fc.oneof(fc.nat(1500), fc.nat(20_000)), fault }), {
  minLength: 2,
  maxLength: 14,
})

test('at most one copy, nothing saved is lost, and it goes on when the misfortune is over', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (misfortunes) => {
      const world = new TestWorld()
      const job = await world.submitted({
        vmPolicy: { policy: 'spotFirst', retryLimit: 1000, retryIntervalSeconds: 5 },
      })
      const watch = watchCopies(world, job.id)
      try {
        for (const { afterMs, fault } of misfortunes) {
          await world.clock.sleep(afterMs, never)
          await world.fleet.work(job.id, 1).catch(() => undefined)
          await strike(world, job.id, fault)
          watch.check()
        }
        await heal(world)
        await goesOnOrHasEnded(world, job.id)
        watch.check()
        await endsCleanly(world, job.id)
        watch.check()
      } finally {
        watch.stop()
        await world.engine.stop()
      }
    }),
    { seed: SEED, numRuns: RUNS },
  )
})

/** Looks all the time, and wherever a program is begun: every start must find no other copy and lose no saved work. */
const watchCopies = (world: TestWorld, id: JobId): { check(): void; stop(): void } => {
  const wrong: string[] = []
  let over = false
  world.fleet.onBegin = (begin) => {
    if (begin.copies > 1) wrong.push(`${begin.copies} copies at ${world.clock.now()}`)
    if (begin.method === 'startJob' && begin.saved.length > 0)
      wrong.push(`started from scratch with ${begin.saved.length} checkpoints on the disk`)
    if (begin.method === 'restoreJob' && begin.seq !== Math.max(...begin.saved))
      wrong.push(`went back to checkpoint ${begin.seq} of ${begin.saved.join(', ')}`)
  }
  const look = async (): Promise<void> => {
    while (!over) {
      const copies = await world.fleet.copies(id)
      if (copies.length > 1) wrong.push(`${copies.length} copies at ${world.clock.now()}`)
      await world.clock.sleep(LOOK_MS, never)
    }
  }
  void look()
  return {
    check: () => expect(wrong).toEqual([]),
    stop: () => {
      over = true
    },
  }
}

const strike = async (world: TestWorld, id: JobId, fault: Fault): Promise<void> => {
  const { provider, fleet, clock } = world
  const nth = (which: number): InstanceId | undefined => {
    const existing = provider.existing()
    return existing[which % Math.max(1, existing.length)]
  }
  const later = (ms: number, undo: () => void): void => void clock.sleep(ms, never).then(undo)
  switch (fault.what) {
    case 'kill': {
      const instance = nth(fault.which)
      return instance && provider.kill(instance)
    }
    case 'reclaim': {
      const instance = nth(fault.which)
      return instance && provider.reclaim(instance, fault.notice).catch(() => undefined)
    }
    case 'silence': {
      const instance = nth(fault.which)
      if (!instance) return
      fleet.silence(instance)
      return later(fault.forMs, () => fleet.silence(instance, false))
    }
    case 'crash':
      return world.crashAfter(fault.writes)
    case 'refuse':
      return provider.failNext(fault.deed, new Error(`made to fail: ${fault.deed}`))
    case 'loseAnswer':
      return provider.loseAnswer(fault.deed)
    case 'hang':
      return provider.hangNext(fault.deed)
    case 'away':
      provider.away = true
      return later(fault.forMs, () => (provider.away = false))
    case 'noCapacity':
      capacity(world, 0)
      return later(fault.forMs, () => capacity(world, Infinity))
    case 'workerRefuses':
      return fleet.failNext(fault.request, `made to refuse ${fault.request}`)
    case 'clockJump':
      return clock.jump(fault.byMs)
    case 'wish':
      return wish(world, id, fault.wish)
  }
}

/** Refusals are fine: people ask for what cannot be. */
const wish = async (world: TestWorld, id: JobId, what: (typeof wishes)[number]): Promise<void> => {
  const { commands } = world.engine
  const asked: Promise<unknown> =
    what === 'migrate'
      ? commands.migrate(id, 'ada', { instanceType: 'm5.large' })
      : what === 'drill'
        ? commands.drill(id, 'ada', 30)
        : commands[what](id, 'ada')
  await asked.catch(() => undefined)
}

const capacity = (world: TestWorld, count: number): void => {
  for (const type of ['t3.micro', 't3.medium', 'm5.large'])
    for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, count)
}

const heal = async (world: TestWorld): Promise<void> => {
  world.provider.away = false
  world.provider.forgiveAll()
  world.fleet.forgiveAll()
  capacity(world, Infinity)
  for (const instance of world.provider.existing()) world.fleet.silence(instance, false)
  // A crash that was to come comes now.
  await world.restart()
}

const settled = (job: Job): boolean =>
  job.workflow === undefined &&
  (job.status === 'Executing' || job.status === 'Suspended' || hasEnded(job.status))

const goesOnOrHasEnded = async (world: TestWorld, id: JobId): Promise<void> => {
  const job = await world.until(id, settled)
  if (job.status === 'Suspended') await world.engine.commands.resume(id, 'ada')
  // Refused starts are the program's own failure, and an end.
  const last = await world.until(id, (now) => settled(now) && now.status !== 'Suspended')
  expect(['Executing', 'FailToExecute', 'FailToComplete']).toContain(last.status)
}

const endsCleanly = async (world: TestWorld, id: JobId): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const job = await world.until(id, (now) => settled(now) && now.status !== 'Suspended')
    if (hasEnded(job.status)) break
    // A reclaim announced earlier may just have taken it: then it is somewhere else soon.
    await world.fleet.exit(id, 0).catch(() => undefined)
    await world.clock.sleep(1000, never)
  }
  await world.clock.sleep(30_000, never)
  expect(await world.cloud()).toEqual({ instances: [], volumes: 0 })
}
