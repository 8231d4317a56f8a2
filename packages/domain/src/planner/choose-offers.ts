import type { Offer } from '../instance/instance.ts'
import type { JobSpec, Range } from '../job/job.ts'
import type { VmPolicy } from '../job/vm-policy.ts'
import { reasonAgainst, sizeReasonAgainst } from './reason-against.ts'
import type { TypeFilter } from './type-filter.ts'

/** What an instance must have to carry a job. */
export type ResourceNeed = {
  readonly cpu: Range
  readonly memGB: Range
  readonly instanceType?: string
  readonly types?: TypeFilter
  /** A saved program needs at least the memory it held when it was saved. */
  readonly savedBytes?: number
  /** Features the saved program may rely on; a target without one of them would crash it. */
  readonly cpuFeatures?: readonly string[]
}

/** What was asked for at submit, or since. */
export const boundsOf = ({
  cpu,
  memGB,
  instanceType,
  types,
}: Pick<JobSpec, 'cpu' | 'memGB' | 'instanceType' | 'types'>): ResourceNeed => ({
  cpu,
  memGB,
  ...(instanceType === undefined ? {} : { instanceType }),
  ...(types ? { types } : {}),
})

export const fitsSize = (
  size: { readonly cpu: number; readonly memGB: number; readonly instanceType: string },
  need: ResourceNeed,
): boolean => sizeReasonAgainst(size, need) === undefined

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
    .filter((offer) => reasonAgainst(offer, need, policy) === undefined)
    .toSorted(
      (a, b) =>
        marketRank(a, policy) - marketRank(b, policy) || a.pricePerHour - b.pricePerHour || a.memGB - b.memGB,
    )

const marketRank = (offer: Offer, policy: VmPolicy): number =>
  policy.policy === 'spotFirst' && offer.market === 'onDemand' ? 1 : 0

/** An offer that was looked at, with the reason why it is not taken; the one that is has none. */
export type WeighedOffer = Offer & { readonly rejected?: string }

/** Every offer: the one that would be taken, then the others that fit, best first, then those that do not, by price. */
export const weighOffers = (
  offers: readonly Offer[],
  need: ResourceNeed,
  policy: VmPolicy,
): readonly WeighedOffer[] => {
  const [best, ...others] = chooseOffers(offers, need, policy)
  const unfit = offers.flatMap((offer) => {
    const rejected = reasonAgainst(offer, need, policy)
    return rejected === undefined ? [] : [{ ...offer, rejected }]
  })
  return [
    ...(best ? [best] : []),
    ...others.map((offer) => ({ ...offer, rejected: lessGood(offer, best!) })),
    ...unfit.toSorted((a, b) => a.pricePerHour - b.pricePerHour),
  ]
}

/** What speaks against an offer that would do as well. */
export const lessGood = (offer: Offer, best: Offer): string =>
  offer.market === 'onDemand' && best.market === 'spot' ? 'on demand, while there is spot capacity' : 'dearer'

/** How the need reads in a sentence: `c5.large` or `2 vCPU, 4 GB, spotFirst`. */
export const needSentence = (need: ResourceNeed, policy: VmPolicy): string =>
  `${need.instanceType ?? `${rangeText(need.cpu)} vCPU, ${rangeText(need.memGB)} GB`}, ${policy.policy}` +
  listText('of', need.types?.allow) +
  listText('not', need.types?.deny) +
  (policy.priceLimit === undefined ? '' : ` up to ${policy.priceLimit} USD/h`)

const listText = (word: string, globs: readonly string[] = []): string =>
  globs.length > 0 ? `, ${word} ${globs.join(' ')}` : ''

/** `2`, `2:4` */
export const rangeText = (range: Range): string =>
  range.max === undefined ? `${range.min}` : `${range.min}:${range.max}`
