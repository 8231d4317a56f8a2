import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import { type Endpoint, REST_API } from '@mmcloud/contract'
import { notFound } from '@mmcloud/domain'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import type { ApiDeps } from './api-deps.ts'
import { auditRoutes } from './audit.ts'
import { type HttpError, httpError } from './errors.ts'
import { costRoutes } from './costs.ts'
import { eventRoutes } from './events.ts'
import { groupRoutes } from './groups.ts'
import { healthRoutes } from './health.ts'
import { hostRoutes } from './hosts.ts'
import { imageRoutes } from './images.ts'
import { jobActionRoutes } from './job-actions.ts'
import { jobPageRoutes } from './job-pages.ts'
import { jobRoutes } from './jobs.ts'
import { logRoutes } from './logs.ts'
import { metricsRoutes } from './metrics.ts'
import { migrationRoutes } from './migrations.ts'
import { offerRoutes } from './offers.ts'
import { sampleRoutes } from './samples.ts'
import { inspectionRoutes } from './inspection.ts'
import { gatewayRoutes } from './gateways.ts'
import { secretRoutes } from './secrets.ts'
import { loginRoutes } from './login.ts'
import { registryLoginRoutes } from './registries.ts'
import { storageRoutes } from './storage.ts'
import { templateRoutes } from './templates.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'
import { volumeRoutes } from './volumes.ts'

/** A script may be 1 MiB of text; in JSON it can grow to several times that. */
const MAX_BODY_BYTES = 8 * 2 ** 20

/** A part of a path: what is longer than its schema allows is refused there, in words. */
const MAX_PARAMETER = 2048

/** Who needs longer to say what it wants holds a connection for nothing. */
const SLOWEST_REQUEST_MS = 60_000

export type HttpServerOptions = {
  /** Absent in tests, which call without a socket. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Only tests have less patience. */
  readonly slowestRequestMs?: number
  readonly log?: FastifyBaseLogger
  /** Routes that are not part of the public API: the registry, the worker's files. */
  readonly more?: (app: FastifyInstance) => void
}

/** The OpCenter's HTTP side, ready to listen. */
export const createHttpServer = async (
  deps: ApiDeps,
  options: HttpServerOptions = {},
): Promise<FastifyInstance> => {
  const slowestMs = options.slowestRequestMs ?? SLOWEST_REQUEST_MS
  const patience = { headersTimeout: slowestMs, connectionsCheckingInterval: slowestMs / 4 }
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER },
    frameworkErrors: (error, _request, reply) => {
      void answer(reply as unknown as FastifyReply, httpError(error))
    },
    ...(options.log
      ? { loggerInstance: options.log, logController: new LogController({ disableRequestLogging: true }) }
      : {}),
    requestTimeout: slowestMs,
    ...(options.tls ? { https: { ...options.tls, ...patience } } : { http: patience }),
  }) as unknown as FastifyInstance
  // Clients say `application/json` of a request without a body too.
  app.removeContentTypeParser('application/json')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body.length === 0 ? done(null, undefined) : parseJson(request, body as string, done),
  )
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) => {
    const told = httpError(error)
    if (told.status === 500) app.log.error({ err: error }, 'a request failed')
    else app.log.debug({ err: error }, 'a request was refused')
    return answer(reply, told)
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

const answer = (reply: FastifyReply, { status, body }: HttpError): FastifyReply =>
  reply.code(status).send(body)

const NOUNS = [
  // First: it watches all that come after it.
  auditRoutes,
  loginRoutes,
  userRoutes,
  groupRoutes,
  tokenRoutes,
  jobRoutes,
  jobActionRoutes,
  eventRoutes,
  migrationRoutes,
  inspectionRoutes,
  costRoutes,
  sampleRoutes,
  logRoutes,
  jobPageRoutes,
  offerRoutes,
  hostRoutes,
  imageRoutes,
  templateRoutes,
  secretRoutes,
  gatewayRoutes,
  registryLoginRoutes,
  storageRoutes,
  volumeRoutes,
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
    transformObject: (input) => withOptionalBodies(jsonSchemaTransformObject(input)),
  })
}

type ApiDocument = ReturnType<typeof jsonSchemaTransformObject>
type Operation = { readonly operationId?: string; readonly requestBody?: { required?: boolean } }

/** The schemas know which bodies may be left out; the document would ask for all of them. */
const withOptionalBodies = (document: ApiDocument): ApiDocument => {
  const paths = Object.values(document.paths ?? {}) as Record<string, Operation>[]
  for (const { operationId = '', requestBody } of paths.flatMap((path) => Object.values(path))) {
    const { body } = (REST_API as Record<string, Endpoint>)[operationId] ?? {}
    if (requestBody && body?.safeParse(undefined).success) requestBody.required = false
  }
  return document
}
