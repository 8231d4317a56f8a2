import type { Job } from '@mmcloud/domain'

/** A size that is not to be had is looked for again after 30 s, 1 min, 2 min …, at most this. */
const RETRY = { firstMs: 30_000, mostMs: 30 * 60_000 }

/** One more look for a size that came to nothing. */
export const stuckAgain = (
  before: Job['stuck'],
  rule: string,
  why: 'atLimit' | 'noOffer',
  at: number,
): NonNullable<Job['stuck']> => {
  const tries = (before?.tries ?? 0) + 1
  return { rule, why, tries, retryAt: at + Math.min(RETRY.mostMs, RETRY.firstMs * 2 ** (tries - 1)) }
}
