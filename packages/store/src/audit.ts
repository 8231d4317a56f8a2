import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Who asked for what change, from where, and what became of it. Never a password, a secret or a request's content. */
export type AuditEntry = {
  readonly seq: number
  /** Epoch milliseconds. */
  readonly at: number
  /** Empty where nobody was recognised. */
  readonly user: string
  /** The job that asked for itself; empty where a person did. */
  readonly job: string
  readonly address: string
  /** As the API calls it: `cancelJob`. */
  readonly call: string
  /** What it was about: the id or name in its path. */
  readonly target: string
  /** HTTP status of the answer. */
  readonly status: number
}

/** What was asked, in order; nothing is ever changed, and the oldest is forgotten beyond `KEPT`. */
export interface Audit {
  add(entry: Omit<AuditEntry, 'seq'>): Promise<void>
  /** The newest first; `before` = only those with a lower `seq`. */
  entries(filter: {
    readonly limit: number
    readonly before?: number
    readonly user?: string
  }): Promise<readonly AuditEntry[]>
}

/** Half a year of a change every two and a half minutes; some 15 MB. */
const KEPT = 100_000
const SWEEP_EVERY = 1000

export const createSqliteAudit = (database: Kysely<Tables>): Audit => ({
  add: async (entry) => {
    const { seq } = await database
      .insertInto('audit')
      .values(entry)
      .returning('seq')
      .executeTakeFirstOrThrow()
    if (seq % SWEEP_EVERY === 0)
      await database
        .deleteFrom('audit')
        .where('seq', '<=', seq - KEPT)
        .execute()
  },
  entries: ({ limit, before, user }) => {
    let query = database.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit)
    if (before !== undefined) query = query.where('seq', '<', before)
    if (user !== undefined) query = query.where('user', '=', user)
    return query.execute()
  },
})
