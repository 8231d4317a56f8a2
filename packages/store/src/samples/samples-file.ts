import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Sample } from '@mmcloud/domain'
import { MEASURES, rowOf } from './columns.ts'
import { dueRows, moveRows } from './roll-up.ts'
import { openSamplesFile } from './tables.ts'
import { TIERS } from './tiers.ts'
import { type Columns, UsageByStep, type UsageRange } from './usage-by-step.ts'

/**
 * The file of all samples. A row of seconds is a sample as it was measured; rows of tens and minutes are means weighted by
 * time, with the peaks beside them. Synchronous: it lives in a thread of its own.
 */
export class SamplesFile {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #raw: StatementSync
  readonly #number: StatementSync
  readonly #usage: UsageByStep
  /** The jobs' numbers in the rows, of those that are committed. */
  readonly #numbers = new Map<string, number>()

  constructor(path: string) {
    this.#db = openSamplesFile(path)
    const columns = ['job', 'at', ...MEASURES]
    this.#insert = this.#db.prepare(
      `INSERT OR REPLACE INTO seconds (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
    )
    this.#raw = this.#db.prepare(
      `SELECT at, ${MEASURES.join()} FROM seconds WHERE job = ? AND at > ? ORDER BY at`,
    )
    this.#number = this.#db.prepare('SELECT number FROM jobs WHERE id = ?')
    this.#usage = new UsageByStep(this.#db)
  }

  /** One transaction for all that came. The same sample again changes nothing. */
  add(batches: readonly { readonly job: string; readonly samples: readonly Sample[] }[]): void {
    this.#inTransaction(() => {
      for (const { job, samples } of batches) {
        const number = this.#numberOf(job) ?? this.#newNumber(job)
        for (const sample of samples) this.#insert.run(number, Math.round(sample.at), ...rowOf(sample))
      }
    })
  }

  /** What was measured of a job after `from`, as it was measured, ascending. */
  raw(job: string, from: number): Sample[] {
    const number = this.#numberOf(job)
    if (number === undefined) return []
    return this.#raw.all(number, from).map((row) => {
      const { memStallPercent, ...sample } = row as unknown as Sample & { memStallPercent: number | null }
      return memStallPercent === null ? sample : { ...sample, memStallPercent }
    })
  }

  /** Means and peaks by step, ascending; steps in which nothing was measured are left out. */
  usage(job: string, range: UsageRange): Columns {
    // A number that no job has: the columns are there, and empty.
    return this.#usage.read(this.#numberOf(job) ?? -1, range)
  }

  /** Rolls up what is too old for its tier at `now`, a portion in a transaction of its own with each step. */
  *rollUp(now: number): Generator<void> {
    for (const portion of dueRows(this.#db, now)) {
      this.#inTransaction(() => moveRows(this.#db, portion))
      yield
    }
  }

  /** The jobs of which anything is kept. */
  jobs(): string[] {
    return (this.#db.prepare('SELECT id FROM jobs').all() as { id: string }[]).map(({ id }) => id)
  }

  forget(job: string): void {
    const number = this.#numberOf(job)
    if (number === undefined) return
    this.#inTransaction(() => {
      for (const { table } of TIERS) this.#db.prepare(`DELETE FROM ${table} WHERE job = ?`).run(number)
      this.#db.prepare('DELETE FROM jobs WHERE number = ?').run(number)
    })
    this.#numbers.delete(job)
  }

  close(): void {
    this.#db.close()
  }

  #numberOf(job: string): number | undefined {
    const known = this.#numbers.get(job)
    if (known !== undefined) return known
    const row = this.#number.get(job) as { number: number } | undefined
    if (row) this.#numbers.set(job, row.number)
    return row?.number
  }

  #newNumber(job: string): number {
    const number = Number(this.#db.prepare('INSERT INTO jobs (id) VALUES (?)').run(job).lastInsertRowid)
    this.#numbers.set(job, number)
    return number
  }

  #inTransaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      // A number given meanwhile was never given: another job may get it.
      this.#numbers.clear()
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}
