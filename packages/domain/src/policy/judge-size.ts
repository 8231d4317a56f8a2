import type { Range } from '../job/job.ts'
import { USABLE_MEMORY } from '../planner/reason-against.ts'
import type { Sample } from '../usage/sample.ts'
import { swapGrowth } from '../usage/swap-growth.ts'
import type { DimensionPolicy, MigratePolicy } from './migrate-policy.ts'
import { heldRatio, ratioOf, usedOf } from './ratios.ts'
import { maxOf, recentSamples } from './window.ts'

/** Another size that the job's usage asks for, and on which numbers. */
export type SizeWish = {
  readonly trigger: 'evadeOOM' | 'policyMemUp' | 'policyCpuUp' | 'policyMemDown' | 'policyCpuDown'
  /** The key of the policy that asked: `mem.upperBoundRatio`, `evadeOOM`, … */
  readonly rule: string
  /** Percent of the capacity; for `evadeOOM` MiB of swap in use. */
  readonly measured: number
  readonly threshold: number
  readonly heldSeconds: number
  /** What the next instance must have. */
  readonly cpu: Range
  readonly memGB: Range
  /** When it shrinks and there is nothing within one step: the least that is enough for what it uses. */
  readonly least?: { readonly cpu: number; readonly memGB: number }
  /** What the rule asks for by itself, where others ask for more beside it; to be had when all together are not. */
  readonly alone?: Pick<SizeWish, 'cpu' | 'memGB' | 'least'>
  /** Memory and swap the job holds at most now: what has to be saved and must fit. */
  readonly usedBytes: number
}

/** In which `measured` and `threshold` of a rule are: swap in MiB, all else in percent. */
export const unitOf = (rule: string): string => (rule === 'evadeOOM' ? 'MiB of swap' : '%')

/** A rule that holds, though the job's limits leave no room: told, and nothing is done. */
export type AtLimit = {
  readonly atLimit: Pick<SizeWish, 'trigger' | 'rule' | 'measured' | 'threshold' | 'heldSeconds'>
}

type Size = { readonly cpu: number; readonly memGB: number }
export type Bounds = { readonly cpu: Range; readonly memGB: Range }

const GIB = 2 ** 30
const MIB = 2 ** 20
/** Swap that stays in use for so long is not a passing flood. */
const SWAPS_SECONDS = 3
const SWAP_MIB = 32
/** Below it what lies in swap is what nobody asked for in a long time. */
const PRESSED_RATIO = 80
/** For how long the growth seen last is provided for. */
const GROWTH_SECONDS = 60
/** After a move down the job uses at most this share of the upper bound: it does not come back at once. */
const ROOM_AFTER_SHRINKING = 0.7

/**
 * What the samples of the present instance (ascending) ask for, most urgent first: other sizes, and then what the job may not
 * have. Memory stands before CPU, and while anything asks to grow nothing shrinks. Where several rules hold, the first wish
 * serves all of them in one move; each later one is what its rule asks for by itself, for when the first is not to be had.
 * `mayShrink`: false for a dimension that was outgrown again not long ago.
 * `braked`: its worker has frozen it before memory ran out; there was no time to see it swap for long.
 */
export const judgeSize = (
  policy: MigratePolicy,
  bounds: Bounds,
  present: Size,
  samples: readonly Sample[],
  mayShrink: { readonly cpu: boolean; readonly mem: boolean },
  braked = false,
): readonly (SizeWish | AtLimit)[] => {
  const mem = dimension('mem', policy, present, samples, mayShrink.mem)
  const cpu = dimension('cpu', policy, present, samples, mayShrink.cpu)
  const swaps = policy.evadeOOM ? evadeOOM(policy, present, samples, braked) : undefined
  const growing = [swaps, mem.up, cpu.up].filter((finding) => finding !== undefined)
  const shrinking = growing.length > 0 ? [] : [mem.down, cpu.down].filter((finding) => finding !== undefined)
  const usedBytes = maxOf(recentSamples(samples, SWAPS_SECONDS) ?? samples.slice(-1), usedOf)
  return [
    ...wishes(policy, bounds, present, usedBytes, growing),
    ...wishes(policy, bounds, present, usedBytes, shrinking),
  ]
}

/** A rule of one dimension that holds, and the size it asks for there. */
type Finding = Pick<SizeWish, 'trigger' | 'rule' | 'measured' | 'threshold' | 'heldSeconds'> & {
  readonly of: 'cpu' | 'mem'
  readonly wanted: number
  /** When it shrinks: the least that is enough, step or not. */
  readonly enough?: number
}

const dimension = (
  of: 'cpu' | 'mem',
  { stepAuto, [of]: policy }: MigratePolicy,
  present: Size,
  samples: readonly Sample[],
  mayShrink: boolean,
): { readonly up?: Finding; readonly down?: Finding } => {
  if (policy.disable) return {}
  const up = heldRatio(of, samples, policy.upperBoundSeconds, (ratio) => ratio > policy.upperBoundRatio)
  if (up !== undefined) {
    const wanted = stepAuto
      ? sizeFor(of, up.used, policy.upperBoundRatio)
      : sizeOf(of, present) * (1 + policy.step / 100)
    const trigger = of === 'cpu' ? 'policyCpuUp' : 'policyMemUp'
    const threshold = policy.upperBoundRatio
    const finding = {
      of,
      wanted,
      trigger,
      rule: `${of}.upperBoundRatio`,
      measured: up.ratio,
      threshold,
    } as const
    return { up: { ...finding, heldSeconds: policy.upperBoundSeconds } }
  }
  const { lowerBoundSeconds } = policy
  const down = heldRatio(of, samples, lowerBoundSeconds, (ratio) => ratio < policy.lowerBoundRatio)
  if (down === undefined || !mayShrink) return {}
  const enough = sizeFor(of, down.used, policy.upperBoundRatio * ROOM_AFTER_SHRINKING)
  const stepped = stepAuto ? 0 : sizeOf(of, present) * (1 - Math.min(policy.step, 100) / 100)
  const trigger = of === 'cpu' ? 'policyCpuDown' : 'policyMemDown'
  const threshold = policy.lowerBoundRatio
  const finding = { of, trigger, rule: `${of}.lowerBoundRatio`, measured: down.ratio, threshold } as const
  return { down: { ...finding, enough, wanted: Math.max(enough, stepped), heldSeconds: lowerBoundSeconds } }
}

/** The job lives on swap, for want of memory: where it goes there is room for all of it, and for how it grows. */
const evadeOOM = (
  { mem }: MigratePolicy,
  present: Size,
  samples: readonly Sample[],
  braked: boolean,
): Finding | undefined => {
  const swaps = (sample: Sample): boolean =>
    sample.swapBytes >= SWAP_MIB * MIB && ratioOf('mem', sample) >= PRESSED_RATIO
  const last = recentSamples(samples, SWAPS_SECONDS)
  const seen = braked ? samples.slice(-SWAPS_SECONDS) : last?.every(swaps) ? last : []
  const newest = seen.at(-1)
  if (!newest) return undefined
  const used = maxOf(seen, usedOf)
  const room = used + Math.min(swapGrowth(samples) * GROWTH_SECONDS, used)
  return {
    of: 'mem',
    wanted: Math.max(present.memGB * (1 + mem.step / 100), sizeFor('mem', room, mem.upperBoundRatio)),
    trigger: 'evadeOOM',
    rule: 'evadeOOM',
    measured: Math.round(newest.swapBytes / MIB),
    threshold: SWAP_MIB,
    heldSeconds: braked ? 0 : SWAPS_SECONDS,
  }
}

type Ranged = { readonly finding: Finding; readonly range: Range }

/** A wish for each finding that its limits leave room for; the first serves all of them. */
const wishes = (
  policy: MigratePolicy,
  bounds: Bounds,
  present: Size,
  usedBytes: number,
  findings: readonly Finding[],
): readonly (SizeWish | AtLimit)[] => {
  const ranged: Ranged[] = []
  const atLimit: AtLimit[] = []
  for (const finding of findings) {
    const { of } = finding
    const range = rangeFor(finding, policy[of], dimensionOf(of, bounds), sizeOf(of, present))
    if (range) ranged.push({ finding, range })
    else if (isGrowth(finding)) atLimit.push({ atLimit: numbersOf(finding) })
  }
  const sizes = (among: readonly Ranged[]): Pick<SizeWish, 'cpu' | 'memGB' | 'least'> => ({
    ...sizeServing(policy, bounds, present, among),
    ...leastServing(policy, bounds, present, among),
  })
  return [
    ...ranged.map(({ finding, range }, index) => ({
      ...numbersOf(finding),
      ...sizes(index === 0 ? ranged : [{ finding, range }]),
      ...(index === 0 && ranged.length > 1 ? { alone: sizes([{ finding, range }]) } : {}),
      usedBytes,
    })),
    ...atLimit,
  ]
}

/** What serves all of these; a dimension that none of them asks of stays. */
const sizeServing = (
  policy: MigratePolicy,
  bounds: Bounds,
  present: Size,
  among: readonly Ranged[],
): Bounds => {
  const serving = (name: 'cpu' | 'mem'): Range => {
    const own = among.filter(({ finding }) => finding.of === name).map(({ range }) => range)
    return own.length === 0
      ? asNow(policy[name], dimensionOf(name, bounds), sizeOf(name, present))
      : widest(own)
  }
  return { cpu: serving('cpu'), memGB: serving('mem') }
}

/** When they shrink: the least that is enough for what the job uses. */
const leastServing = (
  policy: MigratePolicy,
  bounds: Bounds,
  present: Size,
  among: readonly Ranged[],
): Pick<SizeWish, 'least'> => {
  if (among.every(({ finding }) => isGrowth(finding))) return {}
  const { cpu, memGB } = sizeServing(policy, bounds, present, among)
  const least = (name: 'cpu' | 'mem', { min }: Range): number => {
    const enough = among.find(({ finding }) => finding.of === name)?.finding.enough
    return enough === undefined ? min : Math.max(enough, lowest(policy[name], dimensionOf(name, bounds)))
  }
  return { least: { cpu: least('cpu', cpu), memGB: least('mem', memGB) } }
}

/** From the wanted size to the limit, or to the present size when it shrinks; nothing when that leaves no other size. */
const rangeFor = (
  finding: Finding,
  policy: DimensionPolicy,
  bounds: Range,
  present: number,
): Range | undefined => {
  const top = Math.min(policy.limit ?? Infinity, bounds.max ?? Infinity)
  const bottom = lowest(policy, bounds)
  if (isGrowth(finding)) {
    if (present >= top) return undefined
    return range(Math.max(bottom, Math.min(finding.wanted, top)), top)
  }
  const min = Math.max(finding.wanted, bottom)
  return min < present ? { min, max: Math.min(top, present) } : undefined
}

const lowest = ({ lowerLimit = 0 }: DimensionPolicy, { min }: Range): number => Math.max(lowerLimit, min)

/** A dimension that nothing asks of stays as it is, as far as the bounds allow, or becomes larger within its limit. */
const asNow = ({ limit = Infinity }: DimensionPolicy, bounds: Range, present: number): Range => {
  const top = bounds.max ?? Infinity
  return range(Math.max(bounds.min, Math.min(present, top)), Math.min(top, Math.max(limit, present)))
}

const range = (min: number, max: number): Range => (max === Infinity ? { min } : { min, max })
const widest = (ranges: readonly Range[]): Range => ranges.reduce((a, b) => (a.min >= b.min ? a : b))

const isGrowth = ({ trigger }: Finding): boolean =>
  trigger === 'evadeOOM' || trigger === 'policyMemUp' || trigger === 'policyCpuUp'

const numbersOf = ({ trigger, rule, measured, threshold, heldSeconds }: Finding) => ({
  trigger,
  rule,
  measured: Math.round(measured * 10) / 10,
  threshold,
  heldSeconds,
})

/** The size at which this use is that percentage of the capacity. */
const sizeFor = (of: 'cpu' | 'mem', used: number, percent: number): number =>
  of === 'cpu' ? used / (percent / 100) : used / (percent / 100) / (GIB * USABLE_MEMORY)

const sizeOf = (of: 'cpu' | 'mem', size: Size): number => (of === 'cpu' ? size.cpu : size.memGB)
const dimensionOf = (of: 'cpu' | 'mem', bounds: Bounds): Range => (of === 'cpu' ? bounds.cpu : bounds.memGB)
