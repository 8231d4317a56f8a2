import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** A secret of a user as it is kept: encrypted, in base64. */
export type SealedSecret = { readonly user: string; readonly name: string; readonly sealed: string }

/** What users keep from everybody else. The store never sees a value. */
export interface Secrets {
  sealed(user: string, name: string): Promise<string | undefined>
  /** Of one user, in order. */
  names(user: string): Promise<readonly string[]>
  /** Adds the secret, or replaces the one of that name. */
  put(secret: SealedSecret): Promise<void>
  /** False when there is none. */
  remove(user: string, name: string): Promise<boolean>
  /** Of every user. */
  all(): Promise<readonly SealedSecret[]>
}

export const createSqliteSecrets = (database: Kysely<Tables>): Secrets => ({
  sealed: async (user, name) => {
    const row = await database
      .selectFrom('secrets')
      .select('sealed')
      .where('user', '=', user)
      .where('name', '=', name)
      .executeTakeFirst()
    return row?.sealed
  },
  names: async (user) => {
    const rows = await database
      .selectFrom('secrets')
      .select('name')
      .where('user', '=', user)
      .orderBy('name')
      .execute()
    return rows.map(({ name }) => name)
  },
  put: async (secret) => {
    await database
      .insertInto('secrets')
      .values(secret)
      .onConflict((conflict) => conflict.columns(['user', 'name']).doUpdateSet({ sealed: secret.sealed }))
      .execute()
  },
  remove: async (user, name) => {
    const { numDeletedRows } = await database
      .deleteFrom('secrets')
      .where('user', '=', user)
      .where('name', '=', name)
      .executeTakeFirst()
    return numDeletedRows > 0n
  },
  all: () => database.selectFrom('secrets').selectAll().execute(),
})
