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
}

/** Names by which people call images. */
export interface Library {
  image(name: string, tag: string): Promise<LibraryImage | undefined>
  /** By name, then tag. */
  images(): Promise<readonly LibraryImage[]>
  /** Adds the entry, or replaces the one of that name and tag. */
  put(image: LibraryImage): Promise<void>
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
})
