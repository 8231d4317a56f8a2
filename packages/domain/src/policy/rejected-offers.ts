import type { Offer } from '../instance/instance.ts'
import { chooseOffers, type ResourceNeed } from '../planner/choose-offers.ts'
import { canBeSavedInTime, isDown, isSmaller, isWorthIt } from './guards.ts'
import type { SizeWish } from './judge-size.ts'
import type { SizeWorld } from './plan-size.ts'

/** An offer that was looked at, and why it is not the one. */
export type RejectedOffer = Pick<Offer, 'instanceType' | 'cpu' | 'memGB' | 'market' | 'pricePerHour'> & {
  readonly rejected: string
}

/** As many as a person reads. */
const SHOWN = 10

/** The offers that come closest to the chosen one in price, each with the first reason against it. */
export const rejectedOffers = (
  world: SizeWorld,
  wish: SizeWish,
  need: ResourceNeed,
  offers: readonly Offer[],
  chosen: Offer,
): readonly RejectedOffer[] =>
  offers
    .filter((offer) => offer !== chosen)
    .toSorted((a, b) => distance(a, chosen) - distance(b, chosen))
    .slice(0, SHOWN)
    .map((offer) => ({
      instanceType: offer.instanceType,
      cpu: offer.cpu,
      memGB: offer.memGB,
      market: offer.market,
      pricePerHour: offer.pricePerHour,
      rejected: reasonAgainst(world, wish, need, offer, chosen),
    }))

const distance = (offer: Offer, chosen: Offer): number =>
  Math.abs(Math.log(offer.pricePerHour / chosen.pricePerHour))

const reasonAgainst = (
  world: SizeWorld,
  wish: SizeWish,
  need: ResourceNeed,
  offer: Offer,
  chosen: Offer,
): string => {
  const { cpu, memGB } = need
  if (offer.memGB < memGB.min) return `too little memory: ${offer.memGB} GB of ${amount(memGB.min)}`
  if (offer.cpu < cpu.min) return `too few cores: ${offer.cpu} of ${amount(cpu.min)}`
  if (memGB.max !== undefined && offer.memGB > memGB.max) return `more memory than ${amount(memGB.max)} GB`
  if (cpu.max !== undefined && offer.cpu > cpu.max) return `more cores than ${amount(cpu.max)}`
  const missing = (need.cpuFeatures ?? []).filter((feature) => !offer.cpuFeatures.includes(feature))
  if (missing.length > 0) return `its processors lack ${missing.join(', ')}`
  if (chooseOffers([offer], need, world.vmPolicy).length === 0) return `not within ${world.vmPolicy.policy}`
  if (!canBeSavedInTime(world, wish, offer))
    return `could not be saved there within a notice of ${world.noticeSeconds} s`
  if (isDown(wish) && !isSmaller(offer, world.present)) return 'as large as now'
  if (isDown(wish) && !isWorthIt(world, wish, offer)) return 'saves too little for what the move costs'
  if (offer.market === 'onDemand' && chosen.market === 'spot')
    return 'on demand, while there is spot capacity'
  return 'dearer'
}

const amount = (value: number): string => String(Math.round(value * 100) / 100)
