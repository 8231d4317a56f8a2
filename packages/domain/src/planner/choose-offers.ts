import type { Offer } from '../instance/instance.ts'
import type { Range } from '../job/job.ts'
import type { VmPolicy } from '../job/vm-policy.ts'

/** What an instance must have to carry a job. */
export type ResourceNeed = {
  readonly cpu: Range
  readonly memGB: Range
  readonly instanceType?: string
  /** A saved program needs at least the memory it held when it was saved. */
  readonly savedBytes?: number
  /** Features the saved program may rely on; a target without one of them would crash it. */
  readonly cpuFeatures?: readonly string[]
}

const GIB = 2 ** 30
/** The share of an instance's memory a job can count on: the rest is the system's, the worker's and head room. */
export const USABLE_MEMORY = 0.85

export const fitsSize = (
  size: { cpu: number; memGB: number; instanceType: string },
  need: ResourceNeed,
): boolean => {
  if (need.instanceType !== undefined) return size.instanceType === need.instanceType
  const within = (value: number, range: Range): boolean =>
    value >= range.min && (range.max === undefined || value <= range.max)
  return within(size.cpu, need.cpu) && within(size.memGB, need.memGB)
}

/**
 * The offers to try, best first: those that fit, cheapest first; with `spotFirst` every spot offer before any
 * on-demand one. Empty when nothing fits now.
 */
export const chooseOffers = (
  offers: readonly Offer[],
  need: ResourceNeed,
  policy: VmPolicy,
): readonly Offer[] =>
  offers
    .filter((offer) => fitsSize(offer, need))
    .filter((offer) => policy.priceLimit === undefined || offer.pricePerHour <= policy.priceLimit)
    .filter((offer) => need.savedBytes === undefined || need.savedBytes <= offer.memGB * GIB * USABLE_MEMORY)
    .filter((offer) => (need.cpuFeatures ?? []).every((feature) => offer.cpuFeatures.includes(feature)))
    .filter(
      (offer) =>
        policy.policy === 'spotFirst' ||
        offer.market === (policy.policy === 'spotOnly' ? 'spot' : 'onDemand'),
    )
    .toSorted(
      (a, b) =>
        marketRank(a, policy) - marketRank(b, policy) || a.pricePerHour - b.pricePerHour || a.memGB - b.memGB,
    )

const marketRank = (offer: Offer, policy: VmPolicy): number =>
  policy.policy === 'spotFirst' && offer.market === 'onDemand' ? 1 : 0

/** How the need reads in a sentence: `c5.large` or `2 vCPU, 4 GB, spotFirst`. */
export const needSentence = (need: ResourceNeed, policy: VmPolicy): string =>
  `${need.instanceType ?? `${rangeText(need.cpu)} vCPU, ${rangeText(need.memGB)} GB`}, ${policy.policy}` +
  (policy.priceLimit === undefined ? '' : ` up to ${policy.priceLimit} USD/h`)

const rangeText = (range: Range): string =>
  range.max === undefined ? `${range.min}` : `${range.min}:${range.max}`
