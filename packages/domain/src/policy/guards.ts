import type { Offer } from '../instance/instance.ts'
import type { SizeWish } from './judge-size.ts'
import type { SizeWorld } from './plan-size.ts'

/** A move down must save in a day so many times what the move itself costs. */
const BENEFIT = 10
const HOUR_MS = 3_600_000
const DAY_HOURS = 24
/** What a move takes that was never measured: freeze and hand over, and the memory at the speed of a common disk. */
const STAND_STILL_MS = 3000
const BYTES_PER_SECOND = 120 * 2 ** 20

export const isDown = ({ trigger }: Pick<SizeWish, 'trigger'>): boolean =>
  trigger === 'policyCpuDown' || trigger === 'policyMemDown'

/** A spot instance is only for what can be saved between its notice and its end; on demand nothing is taken away. */
export const canBeSavedInTime = (
  { noticeSeconds, lastSavedBytes = 0 }: Pick<SizeWorld, 'noticeSeconds' | 'lastSavedBytes'>,
  { usedBytes }: Pick<SizeWish, 'usedBytes'>,
  offer: Offer,
): boolean => {
  const seconds = STAND_STILL_MS / 1000 + Math.max(usedBytes, lastSavedBytes) / BYTES_PER_SECOND
  return offer.market === 'onDemand' || seconds <= noticeSeconds
}

/** Saving in a day against what standing still and two instances at once cost. */
export const isWorthIt = (
  { present, lastStandStillMs }: Pick<SizeWorld, 'present' | 'lastStandStillMs'>,
  { usedBytes }: Pick<SizeWish, 'usedBytes'>,
  offer: Offer,
): boolean => {
  const standStillMs = lastStandStillMs ?? STAND_STILL_MS + (2000 * usedBytes) / BYTES_PER_SECOND
  const cost = ((present.pricePerHour + offer.pricePerHour) * standStillMs) / HOUR_MS
  const savingPerDay = (present.pricePerHour - offer.pricePerHour) * DAY_HOURS
  return savingPerDay >= BENEFIT * cost && savingPerDay > 0
}

/** Less of something: the same size at another price is no reason to stand still. */
export const isSmaller = (
  offer: { readonly cpu: number; readonly memGB: number },
  present: { readonly cpu: number; readonly memGB: number },
): boolean => offer.cpu < present.cpu || offer.memGB < present.memGB
