import type { DatabaseSync } from 'node:sqlite'
import { DIGITS, MEASURES, PEAK_NAMES, VALUES } from './columns.ts'
import { columnsOf, peakIn } from './tables.ts'
import { type Tier, TIERS } from './tiers.ts'

/** So much of a job's past is moved at a time: what is being measured waits no longer for it than some 20 ms. */
const PORTION_MS = 3_600_000
/** What is due waits for more of it, so that not every job is moved every minute. */
const GATHER_MS = 600_000

/** One portion to move: the rows of a job that end at `until` or before. */
export type Portion = {
  readonly job: number
  readonly from: Tier
  readonly to: Tier
  readonly until: number
}

/** What is too old for its tier at `now`, oldest first for each job. Each portion must be moved before the next is asked for. */
export function* dueRows(db: DatabaseSync, now: number): Generator<Portion> {
  const jobs = db.prepare('SELECT number FROM jobs').all() as { number: number }[]
  for (const [index, from] of TIERS.entries()) {
    const to = TIERS[index + 1]
    if (!to) return
    const end = Math.floor((now - from.untilMs) / to.stepMs) * to.stepMs
    const oldestOf = db.prepare(`SELECT min(at) AS oldest FROM ${from.table} WHERE job = ?`)
    for (const { number: job } of jobs) {
      const oldest = (): number =>
        (oldestOf.get(job) as { oldest: number | null }).oldest ?? Number.POSITIVE_INFINITY
      if (oldest() > end - GATHER_MS) continue
      for (let at = oldest(); at <= end; at = oldest()) {
        yield { job, from, to, until: Math.min(end, (Math.floor(at / PORTION_MS) + 1) * PORTION_MS) }
      }
    }
  }
}

/**
 * Moves rows into means of longer spans, within the caller's transaction. What came late, into a span that has its mean
 * already, joins it by the time it stands for. If it was there before and came twice, it counts twice in that mean.
 */
export const moveRows = (db: DatabaseSync, { job, from, to, until }: Portion): void => {
  const { table, stepMs } = to
  const means = VALUES.map(
    (value) =>
      `round(total(${value} * spanMs) / sum(iif(${value} IS NULL, NULL, spanMs)), ${DIGITS[value]}) AS ${value}`,
  )
  const peaks = PEAK_NAMES.map((peak) => `max(${peakIn(from.table, peak)}) AS ${peak}`)
  const joined = VALUES.map(
    (value) =>
      `${value} = round((ifnull(${value}, excluded.${value}) * spanMs + ifnull(excluded.${value}, ${value}) * excluded.spanMs)
        / (spanMs + excluded.spanMs), ${DIGITS[value]})`,
  )
  db.prepare(
    `INSERT INTO ${table} (${['job', 'at', ...MEASURES, ...PEAK_NAMES].join()})
     SELECT job, ((at - 1) / ${stepMs}) * ${stepMs} + ${stepMs} AS step, min(sum(spanMs), ${stepMs}) AS spanMs,
       ${[...means, ...peaks].join()}
     FROM (SELECT ${columnsOf(from.table).join()} FROM ${from.table} WHERE job = ? AND at <= ?) GROUP BY job, step
     ON CONFLICT DO UPDATE SET ${joined.join()},
       ${PEAK_NAMES.map((peak) => `${peak} = max(${peak}, excluded.${peak})`).join()},
       spanMs = min(spanMs + excluded.spanMs, ${stepMs})`,
  ).run(job, until)
  db.prepare(`DELETE FROM ${from.table} WHERE job = ? AND at <= ?`).run(job, until)
}
