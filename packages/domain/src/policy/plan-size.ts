import type { Offer } from '../instance/instance.ts'
import type { VmPolicy } from '../job/vm-policy.ts'
import { chooseOffers, type ResourceNeed } from '../planner/choose-offers.ts'
import type { TypeFilter } from '../planner/type-filter.ts'
import type { Sample } from '../usage/sample.ts'
import { type AtLimit, type Bounds, judgeSize, type SizeWish } from './judge-size.ts'
import type { MigratePolicy } from './migrate-policy.ts'
import { canBeSavedInTime, isDown, isSmaller, isWorthIt } from './guards.ts'
import type { MigrationTrigger } from './migration.ts'
import { mayShrink } from './ping-pong.ts'
import { rejectedOffers, type RejectedOffer } from './rejected-offers.ts'

/** A move of this job for its size, as the ledger has it. */
export type SizeMove = {
  readonly at: number
  readonly trigger: MigrationTrigger
  readonly from: { readonly cpu: number; readonly memGB: number }
}

/** Everything the decision depends on. */
export type SizeWorld = {
  readonly policy: MigratePolicy
  readonly bounds: Bounds
  readonly types?: TypeFilter
  readonly vmPolicy: VmPolicy
  /** What it runs on, at the price that is paid. */
  readonly present: Offer
  /** Since when the program runs on it (epoch ms). */
  readonly presentSince: number
  /** Measured on it, ascending. */
  readonly samples: readonly Sample[]
  /** Earlier moves of this attempt, oldest first. */
  readonly moves: readonly SizeMove[]
  /** What the last move took, or nothing before the first. */
  readonly lastStandStillMs?: number
  /** What was written when it was saved last: more than it holds where processes share memory, which CRIU saves for each. */
  readonly lastSavedBytes?: number
  /** Its worker has frozen it, because memory ran out faster than it could be moved. */
  readonly braked?: boolean
  /** Time between the cloud's notice and the end of a spot instance. */
  readonly noticeSeconds: number
  readonly now: number
}

/** A move to make: the wish, the offer to rent, and what else there was. */
export type SizeMovePlan = {
  readonly wish: SizeWish
  readonly chosen: Offer
  /** What may be rented instead when that has no room after all, best first. */
  readonly fallbacks: readonly Offer[]
  readonly alternatives: readonly RejectedOffer[]
}

/** What cannot be done now: at the job's limit, or nothing that fits is to be had. */
export type Stuck =
  | ({ readonly why: 'atLimit' } & AtLimit['atLimit'])
  | ({ readonly why: 'noOffer' } & Pick<
      SizeWish,
      'trigger' | 'rule' | 'measured' | 'threshold' | 'heldSeconds' | 'cpu' | 'memGB'
    >)

/** After a move the job works at least so many times as long as the move took before it moves for its size again. */
const COOL_DOWN = { up: 5, down: 20 }

/** What the job's usage asks for now, most urgent first, before any offer is looked at; cheap, for every job and every second. */
export const sizeWishes = (world: Omit<SizeWorld, 'noticeSeconds'>): readonly (SizeWish | AtLimit)[] => {
  const { policy, bounds, present, samples, moves, now } = world
  const shrinking = mayShrink(policy, moves, present, now)
  const sinceMs = now - world.presentSince
  const hasRested = (rest: number): boolean =>
    // Before its own beginning: the clock was set back since.
    sinceMs < 0 || sinceMs >= rest * (world.lastStandStillMs ?? 0)
  return judgeSize(policy, bounds, present, samples, shrinking, world.braked).filter(
    (wish) =>
      'atLimit' in wish ||
      wish.trigger === 'evadeOOM' ||
      hasRested(isDown(wish) ? COOL_DOWN.down : COOL_DOWN.up),
  )
}

/**
 * Where a wish is to be fulfilled: the cheapest offer that has what it asks for, the features the program may rely on,
 * and a notice long enough to save it there. A move down must be worth it.
 */
export const planSize = (
  world: SizeWorld,
  wish: SizeWish,
  offers: readonly Offer[],
): SizeMovePlan | Stuck | undefined => {
  const need: ResourceNeed = {
    cpu: wish.cpu,
    memGB: wish.memGB,
    savedBytes: wish.usedBytes,
    cpuFeatures: world.present.cpuFeatures,
    ...(world.types ? { types: world.types } : {}),
  }
  const [chosen, ...fallbacks] = suitable(world, wish, need, offers)
  if (chosen)
    return { wish, chosen, fallbacks, alternatives: rejectedOffers(world, wish, need, offers, chosen) }
  const { alone, least: _least, ...single } = wish
  if (alone) return planSize(world, { ...single, ...alone }, offers)
  if (isDown(wish)) return smallerStill(world, wish, need, offers)
  const larger = asksForMemory(wish) ? largerStill(world, wish, need, offers) : undefined
  if (larger) return larger
  const { trigger, rule, measured, threshold, heldSeconds, cpu, memGB } = wish
  return { why: 'noOffer', trigger, rule, measured, threshold, heldSeconds, cpu, memGB }
}

const asksForMemory = ({ trigger }: SizeWish): boolean => trigger === 'evadeOOM' || trigger === 'policyMemUp'

/** Cheapest first. */
const suitable = (
  world: SizeWorld,
  wish: SizeWish,
  need: ResourceNeed,
  offers: readonly Offer[],
): readonly Offer[] =>
  chooseOffers(offers, need, world.vmPolicy).filter(
    (offer) => canBeSavedInTime(world, wish, offer) && (!isDown(wish) || isWorthSmaller(world, wish, offer)),
  )

/** Nothing lies within one step down: the nearest below it. */
const smallerStill = (
  world: SizeWorld,
  wish: SizeWish,
  need: ResourceNeed,
  offers: readonly Offer[],
): SizeMovePlan | undefined => {
  const lowered = { ...need, ...atLeast(wish, wish.least ?? { cpu: wish.cpu.min, memGB: wish.memGB.min }) }
  const [nearest, ...others] = suitable(world, wish, lowered, offers).toSorted(
    (a, b) => b.memGB - a.memGB || b.cpu - a.cpu,
  )
  return nearest && secondBest(world, wish, lowered, offers, nearest, others)
}

/** Nothing has all the memory it asks for: the largest above the present that holds what the job uses. */
const largerStill = (
  world: SizeWorld,
  wish: SizeWish,
  need: ResourceNeed,
  offers: readonly Offer[],
): SizeMovePlan | undefined => {
  const lowered = { ...need, ...atLeast(wish, { cpu: wish.cpu.min, memGB: world.present.memGB }) }
  const [largest, ...others] = suitable(world, wish, lowered, offers)
    .filter(({ memGB }) => memGB > world.present.memGB)
    .toSorted((a, b) => b.memGB - a.memGB)
  return largest && secondBest(world, wish, lowered, offers, largest, others)
}

/** The wish becomes what the chosen offer has; another of the same size would do as well. */
const secondBest = (
  world: SizeWorld,
  asked: SizeWish,
  need: ResourceNeed,
  offers: readonly Offer[],
  chosen: Offer,
  others: readonly Offer[],
): SizeMovePlan => {
  const has = {
    cpu: Math.min(asked.cpu.min, chosen.cpu),
    memGB: Math.min(asked.memGB.min, chosen.memGB),
  }
  const wish = { ...asked, ...atLeast(asked, has) }
  return {
    wish,
    chosen,
    fallbacks: others.filter(({ memGB, cpu }) => memGB === chosen.memGB && cpu === chosen.cpu),
    alternatives: rejectedOffers(world, wish, { ...need, ...atLeast(wish, has) }, offers, chosen),
  }
}

const atLeast = (
  { cpu, memGB }: SizeWish,
  least: { readonly cpu: number; readonly memGB: number },
): Pick<SizeWish, 'cpu' | 'memGB'> => ({
  cpu: { ...cpu, min: least.cpu },
  memGB: { ...memGB, min: least.memGB },
})

const isWorthSmaller = (world: SizeWorld, wish: SizeWish, offer: Offer): boolean =>
  isSmaller(offer, world.present) && isWorthIt(world, wish, offer)
