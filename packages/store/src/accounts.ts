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

/** A session that has a name, and an end which use does not put off. Times are epoch milliseconds. */
export type AccessToken = {
  readonly name: string
  readonly createdAt: number
  readonly expiresAt: number
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
  /** `token`: the name of an access token; absent for a login's session. */
  session(
    tokenHash: string,
  ): Promise<{ readonly user: User; readonly expiresAt: number; readonly token?: string } | undefined>
  /** False when the user has one of that name. */
  addToken(tokenHash: string, user: string, token: AccessToken): Promise<boolean>
  /** By name. */
  tokens(user: string): Promise<readonly AccessToken[]>
  /** False when there was none. */
  endToken(user: string, name: string): Promise<boolean>
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
      .select(['sessions.expires_at', 'sessions.name as token'])
      .where('sessions.token_hash', '=', tokenHash)
      .executeTakeFirst()
    if (!row) return undefined
    const { token, expires_at: expiresAt } = row
    return { user: userOf(row), expiresAt, ...(token === '' ? {} : { token }) }
  },
  addToken: async (tokenHash, user, { name, createdAt, expiresAt }) => {
    const row = { token_hash: tokenHash, user, name, created_at: createdAt, expires_at: expiresAt }
    const { numInsertedOrUpdatedRows = 0n } = await database
      .insertInto('sessions')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows > 0n
  },
  tokens: async (user) => {
    const rows = await database
      .selectFrom('sessions')
      .select(['name', 'created_at', 'expires_at'])
      .where('user', '=', user)
      .where('name', '!=', '')
      .orderBy('name')
      .execute()
    return rows.map(({ name, created_at: createdAt, expires_at: expiresAt }) => ({
      name,
      createdAt,
      expiresAt,
    }))
  },
  endToken: async (user, name) => {
    const { numDeletedRows } = await database
      .deleteFrom('sessions')
      .where('user', '=', user)
      .where('name', '=', name)
      .where('name', '!=', '')
      .executeTakeFirst()
    return numDeletedRows > 0n
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
