import type { Gateway, GatewayId } from '@mmcloud/domain'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** The gateways that there are. Where each leads to is with the jobs. */
export interface Gateways {
  /** Oldest first. */
  all(): Promise<readonly Gateway[]>
  add(gateway: Gateway): Promise<void>
  /** Idempotent. */
  remove(id: GatewayId): Promise<void>
}

export const createSqliteGateways = (database: Kysely<Tables>): Gateways => ({
  all: async () => {
    const rows = await database
      .selectFrom('gateways')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return rows.map(({ id, user, created_at: createdAt }) => ({ id: id as GatewayId, user, createdAt }))
  },
  add: async ({ id, user, createdAt }) => {
    await database.insertInto('gateways').values({ id, user, created_at: createdAt }).execute()
  },
  remove: async (id) => {
    await database.deleteFrom('gateways').where('id', '=', id).execute()
  },
})
