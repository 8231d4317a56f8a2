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
/** Less than this share of its limit left is too little, however slowly it grows. */
const LEAST_ROOM = 0.05

/**
 * Whether a job must be frozen now, so that it is not killed for want of memory before it can be moved. Only one that
 * lives on swap already is: until then its limit may be just what it needs.
 */
export const shouldBrake = (before: MemoryReading, now: MemoryReading): boolean => {
  const swaps = now.usedBytes > now.limitBytes
  if (!swaps) return false
  const ms = now.clockMs - before.clockMs
  const growth = ms > 0 ? Math.max(0, now.usedBytes - before.usedBytes) / ms : 0
  return now.roomBytes < Math.max(growth * REACTION_MS, now.limitBytes * LEAST_ROOM)
}
