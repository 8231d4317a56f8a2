import type { Offer } from '../instance/instance.ts'
import { lessGood, type ResourceNeed } from '../planner/choose-offers.ts'
import { reasonAgainst } from '../planner/reason-against.ts'
import { canBeSavedInTime, isDown, isSmaller, isWorthIt } from './guards.ts'
import type { SizeWish } from './judge-size.ts'
import type { SizeWorld } from './plan-size.ts'

/** An offer that was looked at, and why it is not the one. */
export type RejectedOffer = Pick<Offer, 'instanceType' | 'cpu' | 'memGB' | 'market' | 'pricePerHour'> & {
  readonly rejected: string
}

/** As many as a person reads. */
const SHOWN = 10

/** What would have done as well, then what would not, the closest in price to the chosen one first, with the first reason against it. */
export const rejectedOffers = (
  world: SizeWorld,
  wish: SizeWish,
  need: ResourceNeed,
  offers: readonly Offer[],
  chosen: Offer,
): readonly RejectedOffer[] => {
  const byCloseness = offers
    .filter((offer) => offer !== chosen)
    .toSorted((a, b) => distance(a, chosen) - distance(b, chosen))
    .map((offer) => ({ offer, unfit: whyUnfit(world, wish, need, offer) }))
  return [
    ...byCloseness.filter(({ unfit }) => unfit === undefined).slice(0, SHOWN / 2),
    ...byCloseness.filter(({ unfit }) => unfit !== undefined),
  ]
    .slice(0, SHOWN)
    .map(({ unfit, offer }) => ({
      instanceType: offer.instanceType,
      cpu: offer.cpu,
      memGB: offer.memGB,
      market: offer.market,
      pricePerHour: offer.pricePerHour,
      rejected: unfit ?? lessGood(offer, chosen),
    }))
}

const distance = (offer: Offer, chosen: Offer): number =>
  Math.abs(Math.log(offer.pricePerHour / chosen.pricePerHour))

const whyUnfit = (world: SizeWorld, wish: SizeWish, need: ResourceNeed, offer: Offer): string | undefined => {
  const unfit = reasonAgainst(offer, need, world.vmPolicy)
  if (unfit !== undefined) return unfit
  if (!canBeSavedInTime(world, wish, offer))
    return `could not be saved there within a notice of ${world.noticeSeconds} s`
  if (isDown(wish) && !isSmaller(offer, world.present)) return 'as large as now'
  if (isDown(wish) && !isWorthIt(world, wish, offer)) return 'saves too little for what the move costs'
  return undefined
}
