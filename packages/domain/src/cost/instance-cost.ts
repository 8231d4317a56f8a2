import type { Instance } from '../instance/instance.ts'

const HOUR_MS = 3_600_000

/** USD that an instance has cost until it went, or until `now`: from the request that the cloud accepted, to the millisecond. */
export const instanceCost = (instance: Instance, now: number): number => {
  if (instance.cloudId === undefined) return 0
  const ms = Math.max(0, (instance.goneAt ?? now) - instance.requestedAt)
  return (instance.offer.pricePerHour * ms) / HOUR_MS
}
