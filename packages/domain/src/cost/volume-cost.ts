import type { Volume } from '../volume/volume.ts'

const MONTH_MS = 730 * 3_600_000

/** USD that a volume has cost until it was deleted, or until `now`. */
export const volumeCost = (volume: Volume, pricePerGBMonth: number, now: number): number => {
  // Its user pays for it whether a job has it or none.
  if (volume.keptFor !== undefined) return 0
  if (volume.madeAt === undefined) return 0
  const ms = Math.max(0, (volume.deletedAt ?? now) - volume.madeAt)
  return (volume.sizeGB * pricePerGBMonth * ms) / MONTH_MS
}
