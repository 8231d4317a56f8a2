import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** A volume under a name of its user. */
export type Storage = {
  readonly user: string
  readonly name: string
  /** As it is written after `--dataVolume`; holds no key. */
  readonly volume: string
}

/** Volumes that users have registered, one of a name for each. */
export interface Storages {
  /** Of one user, by name. */
  of(user: string): Promise<readonly Storage[]>
  /** Adds it; false when the user has one of that name. */
  add(storage: Storage): Promise<boolean>
  /** Adds it, or replaces the user's one of that name. */
  put(storage: Storage): Promise<void>
  /** False when there is none. */
  remove(user: string, name: string): Promise<boolean>
}

export const createSqliteStorages = (database: Kysely<Tables>): Storages => ({
  of: (user) =>
    database.selectFrom('storages').selectAll().where('user', '=', user).orderBy('name').execute(),
  add: async (storage) => {
    const { numInsertedOrUpdatedRows = 0n } = await database
      .insertInto('storages')
      .values({ ...storage })
      .onConflict((conflict) => conflict.columns(['user', 'name']).doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows > 0n
  },
  put: async (storage) => {
    const row = { ...storage }
    await database
      .insertInto('storages')
      .values(row)
      .onConflict((conflict) => conflict.columns(['user', 'name']).doUpdateSet(row))
      .execute()
  },
  remove: async (user, name) => {
    const { numDeletedRows } = await database
      .deleteFrom('storages')
      .where('user', '=', user)
      .where('name', '=', name)
      .executeTakeFirst()
    return numDeletedRows > 0n
  },
})
