/** How exactly samples are kept, and until which age; the newest first. The last tier stays with its job. */
export const TIERS = [
  { table: 'seconds', stepMs: 1000, untilMs: 24 * 3_600_000 },
  { table: 'tens', stepMs: 10_000, untilMs: 7 * 24 * 3_600_000 },
  { table: 'minutes', stepMs: 60_000, untilMs: Number.POSITIVE_INFINITY },
] as const
export type Tier = (typeof TIERS)[number]

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
)
const MOST_POINTS = 1500

/** The step that gives at most 1,500 points, not finer than what is still kept of the beginning of the range. */
export const stepFor = (from: number, to: number, now: number): number => {
  const kept = TIERS.find(({ untilMs }) => now - from <= untilMs)?.stepMs ?? 60_000
  const wanted = STEPS_MS.find((step) => (to - from) / step <= MOST_POINTS) ?? STEPS_MS.at(-1)!
  return Math.max(kept, wanted)
}
