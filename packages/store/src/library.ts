import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** An entry of the app library. */
export type LibraryImage = {
  readonly name: string
  readonly tag: string
  /** Where it is pulled from; empty when the OpCenter keeps its blobs itself. */
  readonly uri: string
  /** `sha256:…` of the manifest. */
  readonly digest: string
  readonly bytes: number
  readonly description: string
  /** 0 = none is known. */
  readonly port: number
}

/** Names by which people call images. */
export interface Library {
  image(name: string, tag: string): Promise<LibraryImage | undefined>
  /** By name, then tag. */
  images(): Promise<readonly LibraryImage[]>
  /** Adds the entry, or replaces the one of that name and tag. */
  put(image: LibraryImage): Promise<void>
  /** Adds the entry; false when there is one of that name and tag. */
  add(image: LibraryImage): Promise<boolean>
  /** Removes one tag, or all of that name; how many. */
  remove(name: string, tag?: string): Promise<number>
}

export const createSqliteLibrary = (database: Kysely<Tables>): Library => ({
  image: (name, tag) =>
    database
      .selectFrom('images')
      .selectAll()
      .where('name', '=', name)
      .where('tag', '=', tag)
      .executeTakeFirst(),
  images: () => database.selectFrom('images').selectAll().orderBy('name').orderBy('tag').execute(),
  put: async (image) => {
    const row = { ...image }
    await database
      .insertInto('images')
      .values(row)
      .onConflict((conflict) => conflict.columns(['name', 'tag']).doUpdateSet(row))
      .execute()
  },
  add: async (image) => {
    const { numInsertedOrUpdatedRows = 0n } = await database
      .insertInto('images')
      .values({ ...image })
      .onConflict((conflict) => conflict.columns(['name', 'tag']).doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows > 0n
  },
  remove: async (name, tag) => {
    const named = database.deleteFrom('images').where('name', '=', name)
    const { numDeletedRows } = await (tag === undefined
      ? named
      : named.where('tag', '=', tag)
    ).executeTakeFirst()
    return Number(numDeletedRows)
  },
})
