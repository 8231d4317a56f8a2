import { formatTime, parseDuration, type TokenView } from '@mmcloud/contract'
import { invalidArgument, notFound, UserError } from '@mmcloud/domain'
import type { AccessToken } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

const DAY_MS = 86_400_000
const USUAL_DAYS = 90
const MOST_DAYS = 366

/** Tokens by which programs come in as their user, each with a name and an end. */
export const tokenRoutes = (app: FastifyInstance, { authenticator, accounts, now }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'tokens', async ({ caller }) => ({
    tokens: (await accounts.tokens(caller.user.name)).map(tokenView),
  }))
  endpointRoute(app, authenticator, 'createToken', async ({ body: { name, expires }, caller, reply }) => {
    if (caller.session?.token !== undefined)
      throw new UserError('forbidden', 'An access token makes no others; log in with your password')
    const livesMs = expires ? parseDuration(expires, '--expires') * 1000 : USUAL_DAYS * DAY_MS
    if (livesMs === 0 || livesMs > MOST_DAYS * DAY_MS)
      throw invalidArgument(`--expires: "${expires}" is not from 1s to ${MOST_DAYS}d`)
    const created = { name, createdAt: now(), expiresAt: now() + livesMs }
    const token = await authenticator.createToken(caller.user, created)
    if (token === undefined)
      throw new UserError('conflict', `You have a token ${name} already; revoke it first`)
    reply.header('cache-control', 'no-store')
    return { ...tokenView(created), token: `Bearer ${token}` }
  })
  endpointRoute(app, authenticator, 'deleteToken', async ({ params: { name }, caller }) => {
    if (!(await accounts.endToken(caller.user.name, name))) throw notFound(`token ${name}`)
    return {}
  })
}

const tokenView = ({ name, createdAt, expiresAt }: AccessToken): TokenView => ({
  name,
  createTime: formatTime(createdAt),
  expiresAt: formatTime(expiresAt),
})
