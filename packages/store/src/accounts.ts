import { type Role, ROLES } from '@mmcloud/domain'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

export type User = {
  readonly name: string
  /** 0 = the administrator. */
  readonly number: number
  readonly role: Role
  readonly passwordHash: string
}

/** Who may come in. Tokens are kept as hashes only. */
export interface Accounts {
  user(name: string): Promise<User | undefined>
  /** By name. */
  users(): Promise<readonly User[]>
  /** Gives the user a number that nobody had; nothing when there is one of that name. */
  addUser(user: Omit<User, 'number'>): Promise<User | undefined>
  /** The sessions end with the user. Idempotent. */
  removeUser(name: string): Promise<void>
  /** Adds the user, or replaces the one of that name. */
  putUser(user: User): Promise<void>
  addSession(tokenHash: string, user: string, expiresAt: number): Promise<void>
  session(tokenHash: string): Promise<{ readonly user: User; readonly expiresAt: number } | undefined>
  extendSession(tokenHash: string, expiresAt: number): Promise<void>
  /** Idempotent. */
  endSession(tokenHash: string): Promise<void>
  /** All of that user, but for one. */
  endSessionsOf(user: string, butFor?: string): Promise<void>
  forgetSessionsBefore(instant: number): Promise<void>
}

export const createSqliteAccounts = (database: Kysely<Tables>): Accounts => ({
  user: async (name) => {
    const row = await database.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst()
    return row && userOf(row)
  },
  users: async () => (await database.selectFrom('users').selectAll().orderBy('name').execute()).map(userOf),
  addUser: ({ passwordHash, ...user }) =>
    database.transaction().execute(async (tx) => {
      const known = await tx
        .selectFrom('users')
        .select('name')
        .where('name', '=', user.name)
        .executeTakeFirst()
      if (known) return undefined
      const { next } = await tx
        .updateTable('user_numbers')
        .set((given) => ({ next: given('next', '+', 1) }))
        .returning('next')
        .executeTakeFirstOrThrow()
      const number = next - 1
      await tx
        .insertInto('users')
        .values({ ...user, number, password_hash: passwordHash })
        .execute()
      return { ...user, number, passwordHash }
    }),
  removeUser: async (name) => {
    await database.deleteFrom('users').where('name', '=', name).execute()
  },
  putUser: async ({ passwordHash, ...user }) => {
    const row = { ...user, password_hash: passwordHash }
    await database
      .insertInto('users')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute()
  },
  addSession: async (tokenHash, user, expiresAt) => {
    await database
      .insertInto('sessions')
      .values({ token_hash: tokenHash, user, expires_at: expiresAt })
      .execute()
  },
  session: async (tokenHash) => {
    const row = await database
      .selectFrom('sessions')
      .innerJoin('users', 'users.name', 'sessions.user')
      .selectAll('users')
      .select('sessions.expires_at')
      .where('sessions.token_hash', '=', tokenHash)
      .executeTakeFirst()
    return row && { user: userOf(row), expiresAt: row.expires_at }
  },
  extendSession: async (tokenHash, expiresAt) => {
    await database
      .updateTable('sessions')
      .set({ expires_at: expiresAt })
      .where('token_hash', '=', tokenHash)
      .execute()
  },
  endSession: async (tokenHash) => {
    await database.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
  },
  endSessionsOf: async (user, butFor = '') => {
    await database.deleteFrom('sessions').where('user', '=', user).where('token_hash', '!=', butFor).execute()
  },
  forgetSessionsBefore: async (instant) => {
    await database.deleteFrom('sessions').where('expires_at', '<', instant).execute()
  },
})

const userOf = (row: Tables['users']): User => ({
  name: row.name,
  number: row.number,
  role: ROLES.find((role) => role === row.role) ?? 'viewer',
  passwordHash: row.password_hash,
})
