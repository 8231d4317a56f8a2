import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import { notFound } from '@mmcloud/domain'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import type { ApiDeps } from './api-deps.ts'
import { httpError } from './errors.ts'
import { costRoutes } from './costs.ts'
import { eventRoutes } from './events.ts'
import { healthRoutes } from './health.ts'
import { hostRoutes } from './hosts.ts'
import { imageRoutes } from './images.ts'
import { jobActionRoutes } from './job-actions.ts'
import { jobRoutes } from './jobs.ts'
import { logRoutes } from './logs.ts'
import { metricsRoutes } from './metrics.ts'
import { migrationRoutes } from './migrations.ts'
import { offerRoutes } from './offers.ts'
import { sampleRoutes } from './samples.ts'
import { secretRoutes } from './secrets.ts'
import { loginRoutes } from './login.ts'

/** A script may be 1 MiB of text; in JSON it can grow to several times that. */
const MAX_BODY_BYTES = 8 * 2 ** 20

export type HttpServerOptions = {
  /** Absent in tests, which call without a socket. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly log?: FastifyBaseLogger
  /** Routes that are not part of the public API: the registry, the worker's files. */
  readonly more?: (app: FastifyInstance) => void
}

/** The OpCenter's HTTP side, ready to listen. */
export const createHttpServer = async (
  deps: ApiDeps,
  options: HttpServerOptions = {},
): Promise<FastifyInstance> => {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    ...(options.log
      ? { loggerInstance: options.log, logController: new LogController({ disableRequestLogging: true }) }
      : {}),
    ...(options.tls ? { https: options.tls } : {}),
  }) as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = httpError(error)
    if (status === 500) app.log.error({ err: error }, 'a request failed')
    else app.log.debug({ err: error }, 'a request was refused')
    return reply.code(status).send(body)
  })
  app.setNotFoundHandler((request) => {
    throw notFound(`${request.method} ${request.url.split('?')[0]}`)
  })
  await app.register(helmet)
  await describeApi(app, deps.version)

  for (const routes of NOUNS) routes(app, deps)
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  options.more?.(app)
  await app.ready()
  return app
}

const NOUNS = [
  loginRoutes,
  jobRoutes,
  jobActionRoutes,
  eventRoutes,
  migrationRoutes,
  costRoutes,
  sampleRoutes,
  logRoutes,
  offerRoutes,
  hostRoutes,
  imageRoutes,
  secretRoutes,
  healthRoutes,
  metricsRoutes,
]

const describeApi = async (app: FastifyInstance, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Memory Machine Cloud OpCenter', version },
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: 'token of /api/v1/login',
          },
          password: { type: 'http', scheme: 'basic' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}
