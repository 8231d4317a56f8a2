import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

/** Where the OpCenter may fetch images that are not for everybody. */
export const registryLoginRoutes = (
  app: FastifyInstance,
  { authenticator, registryLogins }: ApiDeps,
): void => {
  endpointRoute(app, authenticator, 'registries', async () => ({ registries: registryLogins.list() }))
  endpointRoute(app, authenticator, 'loginToRegistry', async ({ body: { password, ...login } }) => {
    await registryLogins.login(login, password)
    return login
  })
  endpointRoute(app, authenticator, 'logoutOfRegistry', async ({ query: { registry } }) => {
    await registryLogins.logout(registry)
    return {}
  })
}
