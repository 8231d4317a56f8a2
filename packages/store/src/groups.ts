import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

export type Group = {
  readonly name: string
  /** By name. */
  readonly members: readonly string[]
}

/** Users who see each other's jobs. Who is deleted is in no group any more. */
export interface Groups {
  /** By name. */
  all(): Promise<readonly Group[]>
  group(name: string): Promise<Group | undefined>
  /** False when there is one of that name. */
  add(name: string): Promise<boolean>
  /** False when there is none. */
  remove(name: string): Promise<boolean>
  /** Both have to be there. Idempotent. */
  addMember(group: string, user: string): Promise<void>
  /** False when the user is not in it. */
  removeMember(group: string, user: string): Promise<boolean>
  /** Everybody who shares a group with the user, the user too where there is one. */
  colleaguesOf(user: string): Promise<ReadonlySet<string>>
}

export const createSqliteGroups = (database: Kysely<Tables>): Groups => {
  const all = async (): Promise<readonly Group[]> => {
    const rows = await database
      .selectFrom('groups')
      .leftJoin('group_members', 'group_members.group_name', 'groups.name')
      .select(['groups.name', 'group_members.user'])
      .orderBy('groups.name')
      .orderBy('group_members.user')
      .execute()
    return [...Map.groupBy(rows, ({ name }) => name)].map(([name, members]) => ({
      name,
      members: members.flatMap(({ user }) => user ?? []),
    }))
  }
  return {
    all,
    group: async (name) => (await all()).find((each) => each.name === name),
    add: async (name) => {
      const { numInsertedOrUpdatedRows = 0n } = await database
        .insertInto('groups')
        .values({ name })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows > 0n
    },
    remove: async (name) => {
      const { numDeletedRows } = await database
        .deleteFrom('groups')
        .where('name', '=', name)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
    addMember: async (group, user) => {
      await database
        .insertInto('group_members')
        .values({ group_name: group, user })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
    removeMember: async (group, user) => {
      const { numDeletedRows } = await database
        .deleteFrom('group_members')
        .where('group_name', '=', group)
        .where('user', '=', user)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
    colleaguesOf: async (user) => {
      const rows = await database
        .selectFrom('group_members as mine')
        .innerJoin('group_members as theirs', 'theirs.group_name', 'mine.group_name')
        .select('theirs.user')
        .where('mine.user', '=', user)
        .execute()
      return new Set(rows.map((row) => row.user))
    },
  }
}
