import {
  type Job,
  machineSentence,
  type Offer,
  planSize,
  type Reason,
  type ReasonNumbers,
  type Sample,
  type SizeMovePlan,
  type SizeWish,
  type SizeWorld,
  sizeWishes,
  type Stuck,
  unitOf,
  usableCheckpoint,
} from '@mmcloud/domain'
import { beginFloat } from '../begin-float.ts'
import type { EngineDeps } from '../engine-deps.ts'
import { StaleWriteError } from '../ports/records/records.ts'
import { stuckAgain, waits } from '../stuck-again.ts'
import { jobOf, moveJob, patchJob } from '../transitions.ts'

/** Of a worker that has been silent for so long nothing is concluded; clocks of clouds are this far apart at most. */
const FRESH_MS = 60_000
/** No failed save is followed by a longer pause: what says otherwise was written before the clock was set back. */
const LONGEST_PAUSE_MS = 60_000

/**
 * Moves a job whose usage asks for another size, by its policy; true when that was begun, or something was told. A rule that
 * waits for what is not to be had holds up no other.
 */
export const sizeJob = async (
  deps: EngineDeps,
  job: Job,
  offers: () => Promise<readonly Offer[]>,
): Promise<boolean> => {
  const world = await worldOf(deps, job)
  if (!world) return false
  for (const wish of sizeWishes(world)) {
    if ('atLimit' in wish) {
      if (await tellStuck(deps, job, world, { why: 'atLimit', ...wish.atLimit })) return true
      continue
    }
    if (waits(job.stuck?.[wish.rule], world.now, world.braked)) continue
    const plan = planSize(world, wish, await offers())
    if (plan) return 'why' in plan ? tellStuck(deps, job, world, plan) : begin(deps, job, world, plan)
  }
  return false
}

const worldOf = async (deps: EngineDeps, job: Job): Promise<SizeWorld | undefined> => {
  const now = deps.clock.now()
  if (job.spec.migrateDisabled || job.wanted !== 'running') return undefined
  if (job.status !== 'Executing' || job.workflow !== undefined || job.residence.kind !== 'running')
    return undefined
  const report = deps.fleet.report(job.residence.instance)
  // It has ended, or must leave its instance at once: that comes first.
  if (report && (report.job?.phase !== 'running' || report.interruptionAt !== undefined)) return undefined
  const { placeAfter = now } = job
  if (now < placeAfter && placeAfter - now <= LONGEST_PAUSE_MS) return undefined
  const id = job.residence.instance
  const samples = deps.usage.recent(job.id, id)
  const newest = samples.at(-1)
  const braked = report?.job?.braked === true
  // What is frozen is not measured: its last samples say why it was.
  if (!newest || (!braked && Math.abs(now - newest.at) > FRESH_MS)) return undefined
  const { instance, migrations, savedBytes } = await deps.records.read(async (view) => ({
    instance: await view.instance(id),
    migrations: await view.migrations(job.id),
    savedBytes: usableCheckpoint(await view.checkpoints(job.id), job.attempt)?.bytes ?? 0,
  }))
  if (!instance) return undefined
  // A rest, a loss and an earlier attempt say nothing about what a move of this run costs.
  const done = migrations.filter(
    ({ outcome, trigger, startedAt }) =>
      outcome === 'done' && trigger !== 'resume' && trigger !== 'lost' && startedAt >= (job.startedAt ?? 0),
  )
  const last = done.at(-1)
  return {
    policy: job.spec.migratePolicy,
    bounds: { cpu: job.spec.cpu, memGB: job.spec.memGB },
    ...(job.spec.types ? { types: job.spec.types } : {}),
    vmPolicy: job.spec.vmPolicy,
    present: instance.offer,
    presentSince: last?.endedAt ?? job.startedAt ?? now,
    samples,
    moves: done.flatMap(({ startedAt, trigger, source }) =>
      source ? [{ at: startedAt, trigger, from: source }] : [],
    ),
    ...(last?.standStillMs === undefined ? {} : { lastStandStillMs: last.standStillMs }),
    lastSavedBytes: savedBytes,
    braked,
    noticeSeconds: deps.provider.noticeSeconds,
    now,
  }
}

const REASON: Record<SizeWish['trigger'], Reason> = {
  evadeOOM: 'swapping',
  policyMemUp: 'memAboveBound',
  policyMemDown: 'memBelowBound',
  policyCpuUp: 'cpuAboveBound',
  policyCpuDown: 'cpuBelowBound',
}

const begin = async (
  deps: EngineDeps,
  seen: Job,
  world: SizeWorld,
  { wish, chosen, fallbacks, alternatives }: SizeMovePlan,
): Promise<boolean> => {
  const newest = world.samples.at(-1)!
  const decideMs = Math.max(0, world.now - newest.at) + wish.heldSeconds * 1000
  await deps.records.write(async (tx) => {
    const job = await unchanged(tx, seen)
    const at = deps.clock.now()
    const reason = world.braked ? 'memoryRanOut' : REASON[wish.trigger]
    const { measured, threshold, heldSeconds, rule, trigger } = wish
    const numbers = {
      measured,
      threshold,
      heldSeconds,
      from: machineSentence(world.present),
      to: machineSentence(chosen),
      pricePerHour: chosen.pricePerHour,
      ...(world.braked ? memoryNumbers(newest) : {}),
    }
    const floating = await moveJob(tx, job, 'Floating', reason, numbers, at)
    const moveTo = { cpu: wish.cpu, memGB: wish.memGB }
    await beginFloat(deps, tx, floating, {
      trigger,
      reason,
      numbers,
      rule,
      alternatives,
      decideMs,
      saveFirst: world.braked === true,
      moveTo,
      offers: [chosen, ...fallbacks],
      afterwards: 'run',
    })
  })
  return true
}

const MIB = 2 ** 20
const memoryNumbers = ({ memBytes, swapBytes, capacityMemBytes }: Sample): ReasonNumbers => ({
  usedMiB: Math.round((memBytes + swapBytes) / MIB),
  limitMiB: Math.round(capacityMemBytes / MIB),
})

/** Told when it is new; looked for again after a pause that grows. */
const tellStuck = async (
  deps: EngineDeps,
  seen: Job,
  { present, braked }: SizeWorld,
  stuck: Stuck,
): Promise<boolean> => {
  const { rule, why, measured, threshold } = stuck
  const before = seen.stuck?.[rule]?.why === why
  if (why === 'atLimit' && before) return false
  await deps.records.write(async (tx) => {
    const job = await unchanged(tx, seen)
    const at = deps.clock.now()
    const next = stuckAgain(job.stuck, rule, why, at, braked)
    if (before) return void (await patchJob(tx, job, { stuck: next }, at))
    const numbers = { rule, measured, threshold, unit: unitOf(rule), from: machineSentence(present) }
    const told =
      stuck.why === 'atLimit'
        ? numbers
        : {
            ...numbers,
            wanted: wantedSentence(stuck),
            retrySeconds: Math.round((next[rule]!.retryAt - at) / 1000),
          }
    const reason = why === 'atLimit' ? 'atLimit' : 'noLargerOffer'
    await moveJob(tx, job, job.status, reason, told, at, { stuck: next })
  })
  return true
}

const unchanged = async (tx: Parameters<typeof jobOf>[0], seen: Job): Promise<Job> => {
  const job = await jobOf(tx, seen.id)
  if (job.version !== seen.version)
    throw new StaleWriteError(`job ${job.id} has changed since it was looked at`)
  return job
}

const wantedSentence = ({ cpu, memGB }: Pick<SizeWish, 'cpu' | 'memGB'>): string =>
  `${rounded(cpu.min)} cores and ${rounded(memGB.min)} GB`
const rounded = (value: number): number => Math.round(value * 10) / 10
