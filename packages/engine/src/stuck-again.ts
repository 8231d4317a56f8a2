import type { Job, StuckRule } from '@mmcloud/domain'

/** A size that is not to be had is looked for again after 30 s, 1 min, 2 min …, at most this. */
const RETRY = { firstMs: 30_000, mostMs: 30 * 60_000 }

/**
 * One more look for the size that this rule asks for came to nothing; what other rules ask for waits for itself. A program
 * that is frozen meanwhile (`braked`) stands still for as long as it waits: it never waits longer than the first time.
 */
export const stuckAgain = (
  before: Job['stuck'],
  rule: string,
  why: StuckRule['why'],
  at: number,
  braked = false,
): NonNullable<Job['stuck']> => {
  const tries = (before?.[rule]?.why === why ? before[rule].tries : 0) + 1
  const retryAt = at + Math.min(longest(braked), RETRY.firstMs * 2 ** (tries - 1))
  return { ...before, [rule]: { why, tries, retryAt } }
}

/**
 * Whether it is too early to look again. A pause that is longer than any is of a clock that was set back since, or of the
 * time before the program was frozen.
 */
export const waits = (stuck: StuckRule | undefined, now: number, braked = false): boolean =>
  stuck?.why === 'noOffer' && now < stuck.retryAt && stuck.retryAt - now <= longest(braked)

const longest = (braked: boolean): number => (braked ? RETRY.firstMs : RETRY.mostMs)
