import {
  type Endpoint,
  errorSchema,
  inJobScope,
  REST_API,
  type RestApi,
  type RouteName,
} from '@mmcloud/contract'
import { atLeast, type Role, UserError } from '@mmcloud/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { type Authenticator, type Caller, isWorkers } from '../auth/authenticator.ts'

type Read<E, Part extends string> =
  E extends Readonly<Record<Part, infer S extends z.ZodType>> ? z.output<S> : undefined

/** One call as a handler sees it: validated, and by whom. */
export type Call<N extends RouteName> = {
  readonly params: Read<RestApi[N], 'params'>
  readonly query: Read<RestApi[N], 'query'>
  readonly body: Read<RestApi[N], 'body'>
  /** Who asks; for open calls there is nobody and it must not be used. */
  readonly caller: Caller
  readonly reply: FastifyReply
  readonly headers: FastifyRequest['headers']
  /** From where, as this process sees it. */
  readonly address: string
}

type Answer<N extends RouteName> = RestApi[N]['response'] extends infer S extends z.ZodType
  ? z.input<S>
  : RestApi[N]['response'] extends 'events'
    ? void
    : Uint8Array

const callers = new WeakMap<FastifyRequest, Caller>()

/** Who asked; nobody while, or where, that was not found out. */
export const callerOf = (request: FastifyRequest): Caller | undefined => callers.get(request)

const CREATED = 201
const made = new WeakMap<FastifyRequest, string>()

/** What this call has made: its id, or its name. */
export const madeBy = (request: FastifyRequest): string | undefined => made.get(request)

const nameOf = (answer: unknown): string => {
  const { id, name = '' } = (answer ?? {}) as { readonly id?: string; readonly name?: string }
  return id ?? name
}

/** Serves one call of the contract: its schemas, who may call it and its status come from there. */
export const endpointRoute = <N extends RouteName>(
  app: FastifyInstance,
  authenticator: Authenticator,
  name: N,
  handle: (call: Call<N>) => Promise<Answer<N>>,
): void => {
  const endpoint: Endpoint = REST_API[name]
  app.route({
    method: endpoint.method,
    url: endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: schemaOf(name, endpoint),
    config: { name },
    handler: async (request, reply) => {
      const { authorization } = request.headers
      const caller = isWorkers(authorization)
        ? scoped(name, request.params, await authenticator.jobCaller(authorization))
        : endpoint.auth === 'none'
          ? undefined
          : await authenticator.caller(authorization, request.ip)
      if (caller) callers.set(request, caller)
      if (caller && !atLeast(caller.user.role, endpoint.least))
        throw new UserError('forbidden', `This is for ${whoMay(endpoint.least)}: ${endpoint.summary}`)
      reply.code(endpoint.success)
      const { params, query, body, headers, ip: address } = request
      const answer = await handle({ params, query, body, headers, address, caller, reply } as Call<N>)
      if (endpoint.success === CREATED) made.set(request, nameOf(answer))
      return answer
    },
  })
}

const whoMay = (least: Role): string => (least === 'admin' ? 'admins' : 'users and admins, not for viewers')

/** A job asks about itself only, and only some things. */
const scoped = (name: RouteName, params: unknown, caller: Caller): Caller => {
  const { id = caller.job } = (params ?? {}) as { readonly id?: string }
  if (inJobScope(name) && id === caller.job) return caller
  throw new UserError('forbidden', `A job may not ask for this: ${REST_API[name].summary}`)
}

const schemaOf = (name: string, endpoint: Endpoint) => ({
  operationId: name,
  summary: endpoint.summary,
  security: endpoint.auth === 'none' ? [] : [{ session: [] }, { password: [] }],
  ...(endpoint.params && { params: endpoint.params }),
  ...(endpoint.query && { querystring: endpoint.query }),
  ...(endpoint.headers && { headers: endpoint.headers }),
  ...(endpoint.body && { body: endpoint.body }),
  response: {
    ...(typeof endpoint.response === 'string' ? {} : { [endpoint.success]: endpoint.response }),
    '4xx': errorSchema,
    '5xx': errorSchema,
  },
})
