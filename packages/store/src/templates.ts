import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** A saved configuration of a job. */
export type Template = {
  /** Whose it is. */
  readonly user: string
  readonly name: string
  readonly tag: string
  /** Whether everybody may see and use it, or its user alone. */
  readonly shared: boolean
  readonly description: string
  /** The request that makes such a job, as JSON. */
  readonly request: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** Saved configurations, one of a name and tag for each user. */
export interface Templates {
  /** Those of the user and those shared, by name, then tag. */
  visibleTo(user: string): Promise<readonly Template[]>
  /** Adds it; false when the user has one of that name and tag. */
  add(template: Template): Promise<boolean>
  /** Adds it, or replaces the user's one of that name and tag. */
  put(template: Template): Promise<void>
  /** Removes one tag, or all of that name, of one user; how many. */
  remove(user: string, name: string, tag?: string): Promise<number>
}

export const createSqliteTemplates = (database: Kysely<Tables>): Templates => ({
  visibleTo: async (user) => {
    const rows = await database
      .selectFrom('templates')
      .selectAll()
      .where((either) => either.or([either('user', '=', user), either('shared', '=', 1)]))
      .orderBy('name')
      .orderBy('tag')
      .execute()
    return rows.map(({ shared, created_at: createdAt, ...row }) => ({
      ...row,
      shared: shared === 1,
      createdAt,
    }))
  },
  add: async (template) => {
    const { numInsertedOrUpdatedRows = 0n } = await database
      .insertInto('templates')
      .values(rowOf(template))
      .onConflict((conflict) => conflict.columns(['user', 'name', 'tag']).doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows > 0n
  },
  put: async (template) => {
    const row = rowOf(template)
    await database
      .insertInto('templates')
      .values(row)
      .onConflict((conflict) => conflict.columns(['user', 'name', 'tag']).doUpdateSet(row))
      .execute()
  },
  remove: async (user, name, tag) => {
    const named = database.deleteFrom('templates').where('user', '=', user).where('name', '=', name)
    const { numDeletedRows } = await (tag === undefined
      ? named
      : named.where('tag', '=', tag)
    ).executeTakeFirst()
    return Number(numDeletedRows)
  },
})

const rowOf = ({ shared, createdAt, ...template }: Template): Tables['templates'] => ({
  ...template,
  shared: shared ? 1 : 0,
  created_at: createdAt,
})
