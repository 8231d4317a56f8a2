import { formatTime, type Session } from '@mmcloud/contract'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

export const loginRoutes = (app: FastifyInstance, { authenticator }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'login', async ({ caller, reply }) => {
    const { token, expiresAt } = await authenticator.startSession(caller.user)
    reply.header('authorization', `Bearer ${token}`)
    return sessionView(caller, expiresAt)
  })
  endpointRoute(app, authenticator, 'session', async ({ caller }) =>
    sessionView(caller, await authenticator.refreshSession(caller)),
  )
  endpointRoute(app, authenticator, 'logout', async ({ caller }) => {
    await authenticator.endSession(caller)
    return {}
  })
}

const sessionView = ({ user }: Caller, expiresAt: number | undefined): Session => ({
  username: user.name,
  userNumber: user.number,
  role: user.role,
  ...(expiresAt === undefined ? {} : { expiresAt: formatTime(expiresAt) }),
})
