import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Sample } from '@mmcloud/domain'
import { MEASURES, PEAKS, rowOf } from './columns.ts'
import { TIERS } from './tiers.ts'

/** Points of a range, a column each; `at` is the beginning of each step. */
export type Columns = { readonly at: number[]; readonly series: Record<string, (number | null)[]> }

/** So much of a job's past is rolled up in one transaction: what is being measured waits no longer for it. */
const PORTION_MS = 3_600_000

/**
 * The file of all samples. A row of seconds is a sample as it was measured; rows of tens and minutes are means weighted by
 * time, with the peaks beside them. Synchronous: it lives in a thread of its own.
 */
export class SamplesFile {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #numbers = new Map<string, number>()

  /**
   * NORMAL: a commit survives the end of this process at any instant; when the power fails the last seconds may be lost,
   * which the file itself survives.
   */
  constructor(path: string) {
    this.#db = new DatabaseSync(path)
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000')
    this.#db.exec(
      'CREATE TABLE IF NOT EXISTS jobs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT',
    )
    for (const { table } of TIERS) this.#db.exec(tableOf(table))
    const columns = ['job', 'at', ...MEASURES]
    this.#insert = this.#db.prepare(
      `INSERT OR REPLACE INTO seconds (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
    )
  }

  /** One transaction for all that came. The same sample again changes nothing. */
  add(batches: readonly { readonly job: string; readonly samples: readonly Sample[] }[]): void {
    this.#inTransaction(() => {
      for (const { job, samples } of batches) {
        const number = this.#numberOf(job)
        for (const sample of samples) this.#insert.run(number, Math.round(sample.at), ...rowOf(sample))
      }
    })
  }

  /** What was measured of a job after `from`, as it was measured, ascending. */
  raw(job: string, from: number): Sample[] {
    const rows = this.#db
      .prepare(`SELECT at, ${MEASURES.join()} FROM seconds WHERE job = ? AND at > ? ORDER BY at`)
      .all(this.#numberOf(job), from)
    return rows.map((row) => {
      const { memStallPercent, ...sample } = row as unknown as Sample & { memStallPercent: number | null }
      return memStallPercent === null ? sample : { ...sample, memStallPercent }
    })
  }

  /** Means and peaks by step, ascending; steps in which nothing was measured are left out. */
  usage(job: string, { from, to, stepMs }: { from: number; to: number; stepMs: number }): Columns {
    const number = this.#numberOf(job)
    // Not bound: a bound number is a float, and division would be one too.
    const step = Math.round(stepMs)
    const all = TIERS.map(({ table }) => `SELECT * FROM ${table} WHERE job = ? AND at > ? AND at <= ?`)
    const means = MEASURES.filter((measure) => measure !== 'spanMs').map((m) => `${mean(m)} AS ${m}`)
    const peaks = Object.keys(PEAKS).map((peak) => `max(${peak}) AS ${peak}`)
    const rows = this.#db
      .prepare(
        `SELECT ((at - 1) / ${step}) * ${step} AS step, ${[...means, ...peaks].join()} FROM (${all.map(withPeaks).join(' UNION ALL ')})
         GROUP BY step ORDER BY step`,
      )
      .all(...TIERS.flatMap(() => [number, from, to])) as Record<string, number | null>[]
    const names = [...MEASURES.filter((measure) => measure !== 'spanMs'), ...Object.keys(PEAKS)]
    return {
      at: rows.map((row) => row['step']!),
      series: Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)])),
    }
  }

  /** Rolls up a portion of what is too old for its tier; true when there is more to do. */
  rollUp(now: number): boolean {
    let more = false
    for (const [index, tier] of TIERS.entries()) {
      const coarser = TIERS[index + 1]
      if (!coarser) break
      const end = Math.floor((now - tier.untilMs) / coarser.stepMs) * coarser.stepMs
      const jobs = this.#db.prepare(
        `SELECT job, min(at) AS oldest FROM ${tier.table} GROUP BY job HAVING min(at) <= ?`,
      )
      for (const { job, oldest } of jobs.all(end) as { job: number; oldest: number }[]) {
        const portion = Math.min(end, (Math.floor(oldest / PORTION_MS) + 1) * PORTION_MS)
        this.#inTransaction(() => this.#move(job, tier.table, coarser, portion))
        more ||= portion < end
      }
    }
    return more
  }

  /** The jobs of which anything is kept. */
  jobs(): string[] {
    return (this.#db.prepare('SELECT id FROM jobs').all() as { id: string }[]).map(({ id }) => id)
  }

  forget(job: string): void {
    const number = this.#numberOf(job)
    this.#inTransaction(() => {
      for (const { table } of TIERS) this.#db.prepare(`DELETE FROM ${table} WHERE job = ?`).run(number)
      this.#db.prepare('DELETE FROM jobs WHERE number = ?').run(number)
    })
    this.#numbers.delete(job)
  }

  close(): void {
    this.#db.close()
  }

  /** What came late joins the mean of its step by the time that it stands for. */
  #move(job: number, from: string, to: { table: string; stepMs: number }, end: number): void {
    const { table, stepMs } = to
    const means = MEASURES.filter((m) => m !== 'spanMs').map((m) => `${mean(m)} AS ${m}`)
    const joined = MEASURES.filter((m) => m !== 'spanMs').map(
      (m) =>
        `${m} = (ifnull(${m}, excluded.${m}) * spanMs + ifnull(excluded.${m}, ${m}) * excluded.spanMs) / (spanMs + excluded.spanMs)`,
    )
    const peaks = Object.keys(PEAKS)
    const columns = ['job', 'at', ...MEASURES, ...peaks]
    this.#db
      .prepare(
        `INSERT INTO ${table} (${columns.join()})
         SELECT job, ((at - 1) / ${stepMs}) * ${stepMs} + ${stepMs} AS step, min(sum(spanMs), ${stepMs}) AS spanMs,
           ${[...means, ...peaks.map((peak) => `max(${peak})`)].join()}
         FROM (${withPeaks(`SELECT * FROM ${from} WHERE job = ? AND at <= ?`, from === 'seconds' ? 0 : 1)}) GROUP BY job, step
         ON CONFLICT DO UPDATE SET ${joined.join()}, ${peaks.map((p) => `${p} = max(${p}, excluded.${p})`).join()},
           spanMs = min(spanMs + excluded.spanMs, ${stepMs})`,
      )
      .run(job, end)
    this.#db.prepare(`DELETE FROM ${from} WHERE job = ? AND at <= ?`).run(job, end)
  }

  #numberOf(job: string): number {
    const known = this.#numbers.get(job)
    if (known !== undefined) return known
    this.#db.prepare('INSERT OR IGNORE INTO jobs (id) VALUES (?)').run(job)
    const { number } = this.#db.prepare('SELECT number FROM jobs WHERE id = ?').get(job) as { number: number }
    this.#numbers.set(job, number)
    return number
  }

  #inTransaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

const tableOf = (table: string): string => {
  const peaks = table === 'seconds' ? [] : Object.keys(PEAKS)
  const columns = [...MEASURES, ...peaks].map((column) => `${column} ANY`).join()
  return `CREATE TABLE IF NOT EXISTS ${table} (job INTEGER NOT NULL, at INTEGER NOT NULL, ${columns}, PRIMARY KEY (job, at)) STRICT, WITHOUT ROWID`
}

const mean = (measure: string): string => `sum(${measure} * spanMs) / sum(iif(${measure} IS NULL, 0, spanMs))`

/** The peak of a second is the second itself. */
const withPeaks = (select: string, tier: number): string =>
  tier > 0
    ? select
    : select.replace('*', ['*', ...Object.entries(PEAKS).map(([peak, of]) => `${of} AS ${peak}`)].join())
