import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Offer } from '../instance/instance.ts'
import { DEFAULT_VM_POLICY } from '../job/vm-policy.ts'
import { USABLE_MEMORY } from '../planner/reason-against.ts'
import type { Sample } from '../usage/sample.ts'
import { DEFAULT_MIGRATE_POLICY, type MigratePolicy } from './migrate-policy.ts'
import recorded from './recorded-loads.json' with { type: 'json' }
import { planSize, type SizeMove, type SizeMovePlan, type SizeWorld, sizeWishes } from './plan-size.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20

const offer = (instanceType: string, cpu: number, memGB: number, more: Partial<Offer> = {}): Offer => ({
  provider: 'local',
  instanceType,
  cpu,
  memGB,
  market: 'spot',
  pricePerHour: Math.round((0.01 * cpu + 0.004 * memGB) * 1e6) / 1e6,
  cpuFeatures: ['avx2'],
  ...more,
})
const OFFERS = [
  offer('a.small', 1, 1),
  offer('a.medium', 1, 2),
  offer('a.large', 2, 2),
  offer('a.xlarge', 2, 4),
  offer('b.large', 2, 8),
  offer('b.xlarge', 4, 16),
  offer('b.2xlarge', 8, 32),
]
const named = (name: string): Offer => OFFERS.find(({ instanceType }) => instanceType === name)!
const usable = ({ memGB }: Offer): number => memGB * GIB * USABLE_MEMORY

/** What a program shows on that instance that would use so much if it could. */
const sampleOn = (on: Offer, at: number, wants: { cores: number; bytes: number }, spanMs = 1000): Sample => ({
  at,
  spanMs,
  cpuPercent: 100 * Math.min(wants.cores, on.cpu),
  memBytes: Math.min(wants.bytes, usable(on)),
  cacheBytes: 0,
  swapBytes: Math.max(0, wants.bytes - usable(on)),
  swapInRate: 0,
  swapOutRate: 0,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 1,
  capacityCpu: on.cpu,
  capacityMemBytes: usable(on),
  capacitySwapBytes: 4 * GIB,
})
/** One sample a second, the last at `until`. */
const steady = (on: Offer, seconds: number, wants: { cores: number; bytes: number }, until = 0): Sample[] =>
  Array.from({ length: seconds }, (_, n) => sampleOn(on, until - (seconds - 1 - n) * 1000, wants))

const enabled: MigratePolicy = {
  ...DEFAULT_MIGRATE_POLICY,
  cpu: { ...DEFAULT_MIGRATE_POLICY.cpu, disable: false },
  mem: { ...DEFAULT_MIGRATE_POLICY.mem, disable: false },
}
const world = (present: Offer, samples: readonly Sample[], more: Partial<SizeWorld> = {}): SizeWorld => ({
  policy: enabled,
  bounds: { cpu: { min: 1 }, memGB: { min: 1 } },
  vmPolicy: DEFAULT_VM_POLICY,
  present,
  presentSince: -3_600_000,
  samples,
  moves: [],
  noticeSeconds: 120,
  now: 0,
  ...more,
})
/** What becomes of it: the type it moves to, or why it stays; of rules that `wait` nothing is asked. */
const decide = (
  given: SizeWorld,
  offers: readonly Offer[] = OFFERS,
  wait: readonly string[] = [],
): string => {
  const wish = sizeWishes(given).find((each) => 'atLimit' in each || !wait.includes(each.rule))
  if (!wish) return 'stays'
  if ('atLimit' in wish) return 'at its limit'
  const plan = planSize(given, wish, offers)
  if (!plan) return 'not worth it'
  return 'why' in plan ? `stuck: ${plan.why}` : `${wish.trigger} to ${plan.chosen.instanceType}`
}

describe('what a load on an instance leads to', () => {
  const idle = { cores: 0.01, bytes: 50 * MIB }
  const busy = { cores: 4, bytes: 100 * MIB }
  const full = (on: Offer) => ({ cores: 0.5, bytes: 0.95 * usable(on) })
  const swapping = (on: Offer) => ({ cores: 0.5, bytes: usable(on) + 100 * MIB })
  const off = DEFAULT_MIGRATE_POLICY
  const noEvade = { ...off, evadeOOM: false }

  test.each<[string, SizeWorld, string]>([
    [
      'half busy',
      world(named('a.large'), steady(named('a.large'), 400, { cores: 1, bytes: GIB / 2 })),
      'stays',
    ],
    [
      'busy for half a minute',
      world(named('a.small'), steady(named('a.small'), 30, busy)),
      'policyCpuUp to a.large',
    ],
    ['busy, not long enough', world(named('a.small'), steady(named('a.small'), 26, busy)), 'stays'],
    [
      'memory full',
      world(named('a.small'), steady(named('a.small'), 30, full(named('a.small')))),
      'policyMemUp to a.medium',
    ],
    [
      'memory and CPU full: one move, for memory first, that serves both',
      world(named('a.small'), steady(named('a.small'), 30, { ...full(named('a.small')), cores: 4 })),
      'policyMemUp to a.large',
    ],
    [
      'idle for five minutes',
      world(named('b.large'), steady(named('b.large'), 300, idle)),
      'policyMemDown to a.xlarge',
    ],
    ['idle, not long enough', world(named('b.large'), steady(named('b.large'), 260, idle)), 'stays'],
    [
      'swapping for three seconds, thresholds off',
      world(named('a.small'), steady(named('a.small'), 3, swapping(named('a.small'))), { policy: off }),
      'evadeOOM to a.medium',
    ],
    [
      'swapping, evadeOOM off',
      world(named('a.small'), steady(named('a.small'), 60, swapping(named('a.small'))), { policy: noEvade }),
      'stays',
    ],
    [
      'cold pages in swap while memory is free',
      world(
        named('a.large'),
        steady(named('a.large'), 10, idle).map((sample) => ({ ...sample, swapBytes: 100 * MIB })),
        { policy: off },
      ),
      'stays',
    ],
    [
      'a hole in the samples is neither idle nor busy',
      world(named('b.large'), [
        ...steady(named('b.large'), 200, idle, -100_000),
        ...steady(named('b.large'), 40, idle),
      ]),
      'stays',
    ],
    [
      'just moved: the cool-down holds for what the policy asks',
      world(named('a.small'), steady(named('a.small'), 30, busy), {
        presentSince: -31_000,
        lastStandStillMs: 10_000,
      }),
      'stays',
    ],
    [
      'just moved and swapping: it is moved on',
      world(named('a.small'), steady(named('a.small'), 3, swapping(named('a.small'))), {
        presentSince: -4000,
        lastStandStillMs: 10_000,
      }),
      'evadeOOM to a.medium',
    ],
    [
      'at the maximum that was asked for',
      world(named('a.small'), steady(named('a.small'), 30, full(named('a.small'))), {
        bounds: { cpu: { min: 1 }, memGB: { min: 1, max: 1 } },
      }),
      'at its limit',
    ],
    [
      'at the limit of the policy',
      world(named('a.large'), steady(named('a.large'), 30, busy), {
        policy: { ...enabled, cpu: { ...enabled.cpu, limit: 2 } },
      }),
      'at its limit',
    ],
    [
      'larger than anything that is offered',
      world(named('b.2xlarge'), steady(named('b.2xlarge'), 30, full(named('b.2xlarge')))),
      'stuck: noOffer',
    ],
    [
      'idle at its minimum',
      world(named('b.large'), steady(named('b.large'), 300, idle), {
        bounds: { cpu: { min: 2 }, memGB: { min: 8 } },
      }),
      'stays',
    ],
  ])('%s', (_name, given, expected) => {
    expect(decide(given)).toBe(expected)
  })

  test('grows to the largest there is within its limits, where nothing has all it asks for but that holds what it uses', () => {
    const present = offer('d.tiny', 1, 1.5)
    const fourth = [offer('d.small', 1, 2), offer('d.medium', 2, 4), offer('d.huge', 2, 8)]
    const uses = (gib: number): SizeWorld =>
      world(present, steady(present, 3, { cores: 0.5, bytes: gib * GIB }), {
        policy: off,
        bounds: { cpu: { min: 1 }, memGB: { min: 1, max: 6 } },
      })
    expect(decide(uses(3.2), fourth)).toBe('evadeOOM to d.medium')
    expect(decide(uses(3.6), fourth)).toBe('stuck: noOffer')
  })

  test('what one rule asks for is had while another waits for what is not to be had', () => {
    const given = world(
      named('a.small'),
      steady(named('a.small'), 30, { ...full(named('a.small')), cores: 4 }),
    )
    const onlyCores = [offer('c.cores', 2, 1)]
    expect(decide(given, onlyCores)).toBe('stuck: noOffer')
    expect(decide(given, onlyCores, ['mem.upperBoundRatio'])).toBe('policyCpuUp to c.cores')
  })

  test('at the limit of one dimension the other grows, and both are told', () => {
    const given = world(
      named('a.small'),
      steady(named('a.small'), 30, { ...full(named('a.small')), cores: 4 }),
      { bounds: { cpu: { min: 1 }, memGB: { min: 1, max: 1 } } },
    )
    expect(sizeWishes(given)).toMatchObject([
      { trigger: 'policyCpuUp' },
      { atLimit: { trigger: 'policyMemUp' } },
    ])
  })

  test('never to processors that lack a feature', () => {
    const present = offer('x.small', 1, 1, { cpuFeatures: ['avx2', 'avx512f'] })
    const given = world(present, steady(present, 30, busy))
    expect(decide(given)).toBe('stuck: noOffer')
    const withIt = offer('x.large', 2, 2, { cpuFeatures: ['avx2', 'avx512f'], pricePerHour: 9 })
    expect(decide(given, [...OFFERS, withIt])).toBe('policyCpuUp to x.large')
  })

  test('never to a spot type that could not be saved within its notice; on demand it may', () => {
    const present = named('b.xlarge')
    const given = world(present, steady(present, 30, full(present)), { noticeSeconds: 60 })
    expect(decide(given)).toBe('stuck: noOffer')
    const onDemand = offer('b.2xlarge', 8, 32, { market: 'onDemand', pricePerHour: 1 })
    const wish = sizeWishes(given)[0]!
    expect(decide(given, [...OFFERS, onDemand])).toBe('policyMemUp to b.2xlarge')
    if ('atLimit' in wish) throw new Error('there is room')
    expect(planSize(given, wish, [...OFFERS, onDemand])).toMatchObject({
      chosen: { market: 'onDemand' },
      alternatives: expect.arrayContaining([
        expect.objectContaining({
          instanceType: 'b.2xlarge',
          market: 'spot',
          rejected: 'could not be saved there within a notice of 60 s',
        }),
        expect.objectContaining({ instanceType: 'b.large', rejected: 'too little memory: 8 GB of 24' }),
      ]) as unknown,
    })
  })

  test('down only when it is worth the move', () => {
    const present = offer('c.large', 2, 8, { pricePerHour: 0.0401 })
    const almostAsDear = offer('c.medium', 2, 4, { pricePerHour: 0.04 })
    const given = world(present, steady(present, 300, idle), {
      lastStandStillMs: 600_000,
      presentSince: -1e9,
    })
    expect(decide(given, [almostAsDear])).toBe('not worth it')
    expect(decide(given, [{ ...almostAsDear, pricePerHour: 0.02 }])).toBe('policyMemDown to c.medium')
  })

  test('stepAuto goes to what the last window asks for', () => {
    const policy = { ...enabled, stepAuto: true }
    const grown = { cores: 0.5, bytes: usable(named('a.small')) + 2 * GIB }
    expect(decide(world(named('a.small'), steady(named('a.small'), 30, grown), { policy }))).toBe(
      'evadeOOM to a.xlarge',
    )
    expect(decide(world(named('b.2xlarge'), steady(named('b.2xlarge'), 300, idle), { policy }))).toBe(
      'policyMemDown to a.small',
    )
  })
})

describe('loads of real jobs, as their workers measured them', () => {
  type Load = (typeof recorded)[keyof typeof recorded]
  const samplesOf = ({ at, cpuPercent, memMiB, swapMiB, capacityCpu, capacityMemBytes }: Load): Sample[] =>
    at.map((ms, n) => ({
      ...sampleOn(named('a.small'), ms, { cores: 0, bytes: 0 }),
      cpuPercent: cpuPercent[n]!,
      memBytes: memMiB[n]! * MIB,
      swapBytes: swapMiB[n]! * MIB,
      capacityCpu,
      capacityMemBytes,
    }))
  /** Second by second: the first thing that is decided, and after how many seconds. */
  const firstDecision = (load: Load, on: Offer, policy: MigratePolicy): string => {
    const samples = samplesOf(load)
    for (const [n, { at }] of samples.entries()) {
      const decided = decide(world(on, samples.slice(0, n + 1), { policy, presentSince: -1e9, now: at }))
      if (!['stays', 'not worth it'].includes(decided)) return `${decided} after ${Math.round(at / 1000)} s`
    }
    return 'stays'
  }
  const quick = { ...enabled.mem, upperBoundSeconds: 10, lowerBoundSeconds: 20, lowerBoundRatio: 10 }
  const off = DEFAULT_MIGRATE_POLICY
  const on = (name: string, cpu: number, memGB: number): Offer => ({ ...named(name), cpu, memGB })

  test.each([
    // A program that reads one month of data after another into memory.
    ['growsIntoSwap', on('a.small', 2, 1), off, 'evadeOOM to a.large after 26 s'],
    ['growsIntoSwap', on('a.small', 2, 1), { ...off, evadeOOM: false }, 'stays'],
    [
      'growsIntoSwap',
      on('a.small', 2, 1),
      { ...off, mem: { ...quick, upperBoundRatio: 70 } },
      'policyMemUp to a.large after 23 s',
    ],
    // Two processes that compute for most of a minute, after a quarter of one in which nothing happens.
    ['busyForksOnTwoCores', on('a.large', 2, 1), off, 'stays'],
    [
      'busyForksOnTwoCores',
      on('a.large', 2, 1),
      { ...off, cpu: { ...quick, upperBoundRatio: 60 } },
      'policyCpuUp to b.xlarge after 23 s',
    ],
    // 2.4 GB for a quarter of a minute, then next to nothing.
    ['peakThenIdle', on('a.xlarge', 2, 4), off, 'stays'],
    ['peakThenIdle', on('a.xlarge', 2, 4), { ...off, mem: quick }, 'policyMemDown to a.large after 43 s'],
  ] as const)('%s on %o with %o', (name, present, policy, decided) => {
    expect(firstDecision(recorded[name], present, policy)).toBe(decided)
  })
})

describe('for any load', () => {
  const STEP_MS = 10_000
  const wants = fc.record({
    cores: fc.double({ min: 0, max: 12, noNaN: true }),
    bytes: fc.double({ min: 0, max: 40 * GIB, noNaN: true }),
  })
  /** A load that repeats for ever: phases of so many steps each. */
  const loads = fc.array(fc.record({ wants, steps: fc.integer({ min: 1, max: 90 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  const bounds = fc
    .record({ cpu: fc.integer({ min: 1, max: 2 }), mem: fc.integer({ min: 1, max: 4 }), room: fc.nat(16) })
    .map(({ cpu, mem, room }) => ({
      cpu: { min: cpu, max: cpu + room },
      memGB: { min: mem, max: mem + 2 * room },
    }))
  const policies = fc.record({
    evadeOOM: fc.boolean(),
    stepAuto: fc.boolean(),
    step: fc.integer({ min: 10, max: 200 }),
    upper: fc.integer({ min: 50, max: 95 }),
    lower: fc.integer({ min: 0, max: 49 }),
  })

  const firstPlan = (seen: SizeWorld): SizeMovePlan | undefined => {
    for (const wish of sizeWishes(seen)) {
      const plan = 'atLimit' in wish ? undefined : planSize(seen, wish, OFFERS)
      if (plan && !('why' in plan)) return plan
    }
    return undefined
  }

  /** Runs the load for so long; the moves made, each with where it went. */
  const simulate = (
    load: { wants: { cores: number; bytes: number }; steps: number }[],
    given: Pick<SizeWorld, 'policy' | 'bounds'>,
    steps: number,
  ): (SizeMove & { to: Offer })[] => {
    const start = OFFERS.find((o) => o.cpu >= given.bounds.cpu.min && o.memGB >= given.bounds.memGB.min)!
    const cycle = load.flatMap((phase) => Array.from({ length: phase.steps }, () => phase.wants))
    const moves: (SizeMove & { to: Offer })[] = []
    let present = start
    let presentSince = 0
    let samples: Sample[] = []
    for (let step = 1; step <= steps; step++) {
      const now = step * STEP_MS
      samples = [...samples.slice(-2000), sampleOn(present, now, cycle[step % cycle.length]!, STEP_MS)]
      const measured = { samples, present, presentSince, moves, lastStandStillMs: 3000, now }
      const seen = world(present, samples, { ...given, ...measured })
      const plan = firstPlan(seen)
      if (!plan) continue
      moves.push({ at: now, trigger: plan.wish.trigger, from: present, to: plan.chosen })
      ;[present, presentSince, samples] = [plan.chosen, now, []]
    }
    return moves
  }

  const scenario = fc.record({ load: loads, bounds, given: policies })
  const policyOf = ({
    evadeOOM,
    stepAuto,
    step,
    upper,
    lower,
  }: typeof policies extends fc.Arbitrary<infer P> ? P : never): MigratePolicy => {
    const one = { ...enabled.cpu, step, upperBoundRatio: upper, lowerBoundRatio: lower }
    return { evadeOOM, stepAuto, cpu: one, mem: one }
  }

  test('never below the minimum and never above the limit', () => {
    fc.assert(
      fc.property(scenario, ({ load, bounds: within, given }) => {
        for (const { to } of simulate(load, { policy: policyOf(given), bounds: within }, 400)) {
          expect(to.cpu).toBeGreaterThanOrEqual(within.cpu.min)
          expect(to.memGB).toBeGreaterThanOrEqual(within.memGB.min)
          expect(to.cpu).toBeLessThanOrEqual(within.cpu.max)
          expect(to.memGB).toBeLessThanOrEqual(within.memGB.max)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('never beyond the limits of its policy, but nearer to them from where it began beyond', () => {
    const limits = fc.record({ cpu: fc.nat(8), mem: fc.nat(32), lowest: fc.nat(4) })
    fc.assert(
      fc.property(scenario, limits, ({ load, bounds: within, given }, { cpu, mem, lowest }) => {
        const policy = policyOf(given)
        const limited: MigratePolicy = {
          ...policy,
          cpu: { ...policy.cpu, limit: within.cpu.min + cpu },
          mem: {
            ...policy.mem,
            limit: within.memGB.min + lowest + mem,
            lowerLimit: within.memGB.min + lowest,
          },
        }
        for (const { from, to } of simulate(load, { policy: limited, bounds: within }, 400)) {
          expect(to.cpu).toBeLessThanOrEqual(Math.max(limited.cpu.limit!, from.cpu))
          expect(to.memGB).toBeLessThanOrEqual(Math.max(limited.mem.limit!, from.memGB))
          expect(to.memGB).toBeGreaterThanOrEqual(Math.min(limited.mem.lowerLimit!, from.memGB))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('no oscillation: moves become rare, however the load comes and goes', () => {
    fc.assert(
      fc.property(scenario, ({ load, given }) => {
        const free = { cpu: { min: 1 }, memGB: { min: 1 } }
        const moves = simulate(load, { policy: policyOf(given), bounds: free }, 8640)
        const lastHalf = moves.filter(({ at }) => at > 4320 * STEP_MS)
        // Twelve hours after the first twelve: sizes settle, or go back once after four times the wait.
        expect(lastHalf.length).toBeLessThanOrEqual(6)
      }),
      { numRuns: 30 },
    )
  }, 60_000)
})
