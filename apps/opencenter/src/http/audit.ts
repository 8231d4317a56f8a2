import { formatInstant, REST_API, type RouteName } from '@mmcloud/contract'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { callerOf, endpointRoute, madeBy } from './endpoint-route.ts'

const DEFAULT_LIMIT = 100
/** Asks for nothing to be changed, though it is no GET. */
const LOOKS: ReadonlySet<RouteName> = new Set(['weighOffers'])
/** A wrong password is written down too, though nothing was changed. */
const UNAUTHENTICATED = 401

/** Writes down every change that is asked for, and every wrong login; reading is for admins. */
export const auditRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, audit, log, now } = deps
  // Before the answer goes out: who was told that something happened finds it written down.
  app.addHook('onSend', async (request, reply) => {
    const { name } = request.routeOptions.config as { readonly name?: RouteName }
    if (name === undefined) return
    const changes = REST_API[name].method !== 'GET' && !LOOKS.has(name)
    if (!changes && !(name === 'login' && reply.statusCode === UNAUTHENTICATED)) return
    const caller = callerOf(request)
    const [target = madeBy(request) ?? ''] = Object.values((request.params ?? {}) as Record<string, string>)
    const entry = {
      at: now(),
      user: caller?.user.name ?? '',
      job: caller?.job ?? '',
      address: request.ip,
      call: name,
      target: target.slice(0, 128),
      status: reply.statusCode,
    }
    await audit
      .add(entry)
      .catch((err: unknown) => log.error({ err, ...entry }, 'not written to the audit log'))
  })
  endpointRoute(app, authenticator, 'audit', async ({ query }) => {
    const { limit = DEFAULT_LIMIT, before, user } = query
    const found = await audit.entries({
      limit,
      ...(before === undefined ? {} : { before }),
      ...(user === undefined ? {} : { user }),
    })
    return { entries: found.map(({ at, ...entry }) => ({ ...entry, at: formatInstant(at) })) }
  })
}
