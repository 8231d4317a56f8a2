import type { z } from 'zod'
import { ROUTES, type RouteName } from './routes.ts'

/**
 * One call of the public API, described once: the server's validation, the OpenAPI document and the client's types
 * come from it. `auth: 'none'` is open to anyone; every other takes either the token of `login` or Basic
 * credentials in the `Authorization` header. `response: 'bytes'` is an octet stream, `'events'` a stream of
 * server-sent events, which the method's own description explains.
 */
export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly auth: 'session' | 'none'
  readonly success: 200 | 201 | 202
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** Those that mean something to this call; loose, since there are always others. */
  readonly headers?: z.ZodObject
  readonly body?: z.ZodType
  readonly response: z.ZodType | 'bytes' | 'events'
}

type Description = Omit<Endpoint, 'method' | 'path' | 'auth' | 'success'> &
  Partial<Pick<Endpoint, 'auth' | 'success'>>

/** Joins a route with its schemas; the schemas' own types are kept. */
export const endpoint = <N extends RouteName, D extends Description>(
  name: N,
  description: D,
): (typeof ROUTES)[N] & Pick<Endpoint, 'auth' | 'success'> & Omit<D, 'auth' | 'success'> => ({
  ...ROUTES[name],
  auth: 'session',
  success: 200,
  ...description,
})
