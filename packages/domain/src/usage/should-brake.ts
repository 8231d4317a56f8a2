/** Memory of a job at one instant, bytes. `room` is what it can still have: of its limit, and of the swap that is free. */
export type MemoryReading = {
  /** On a clock that only goes forward, ms. */
  readonly clockMs: number
  readonly usedBytes: number
  readonly limitBytes: number
  readonly roomBytes: number
}

/** From the decision to the freeze, and for a look that comes late: the job's growth in this time must still fit. */
const REACTION_MS = 1500
/** Two looks that are closer together say nothing of how fast it grows. */
export const LEAST_SPAN_MS = 50
/** Less than this share of its limit left is too little, however slowly it grows. */
const LEAST_ROOM = 0.05

/** What lies in swap must come back into memory to be saved, some 200 MB in a second: beyond this share of the limit it takes long. */
const EASILY_SAVED = 0.4

/**
 * When a worker may freeze its job: before saving it takes long, since a larger instance is to be had
 * (`early`); only before it would be killed (`late`); or never, since it may not grow.
 */
export const BRAKES = ['never', 'late', 'early'] as const
export type BrakePolicy = (typeof BRAKES)[number]

/**
 * Whether a job must be frozen now, so that it is not killed for want of memory before it can be moved. Only one that
 * lives on swap already is: until then its limit may be just what it needs.
 */
export const shouldBrake = (when: BrakePolicy, before: MemoryReading, now: MemoryReading): boolean => {
  const swaps = now.usedBytes > now.limitBytes
  if (!swaps || when === 'never') return false
  if (when === 'early' && now.usedBytes > now.limitBytes * (1 + EASILY_SAVED)) return true
  const ms = now.clockMs - before.clockMs
  const growth = ms < LEAST_SPAN_MS ? 0 : Math.max(0, now.usedBytes - before.usedBytes) / ms
  return now.roomBytes < Math.max(growth * REACTION_MS, now.limitBytes * LEAST_ROOM)
}
