import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

export const imageRoutes = (app: FastifyInstance, { authenticator, library }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'images', async () => ({ images: [...(await library.images())] }))
}
