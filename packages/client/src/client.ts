import type { ErrorBody, RestBody, RestParams, RestQuery, RestResponse, Usage } from '@mmcloud/contract'
import { LOG_OFFSET_HEADER, LOG_SIZE_HEADER } from '@mmcloud/contract/rest/log-pages'
import { ROUTES, type RouteName } from '@mmcloud/contract/rest/routes'
import { ERROR_CODE, type ErrorKind, UserError } from '@mmcloud/contract/user-error'
import { follow, type FollowOptions } from './follow.ts'
import type { Transport, TransportResponse } from './transport.ts'

/** What is sent with every call: a session's token, verbatim, or a name and password. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }

/** The public API, typed by its schemas but without them: nothing here loads a schema library. */
export type Client = {
  /** Throws a `UserError` for whatever the OpCenter refuses, `UnreachableError` when nobody answers. */
  call<N extends JsonRoute>(name: N, input?: CallInput<N>, signal?: AbortSignal): Promise<RestResponse<N>>
  /** One page of a log file. */
  readLog(job: string, file: string, offset: number, signal?: AbortSignal): Promise<LogPage>
  /**
   * What a job uses, as it is measured, until it has ended; a connection that breaks is made again and goes on where it
   * broke. Points of a time at which the worker was not heard come late, after newer ones; after a break one may come again,
   * with the same `at`.
   */
  followSamples(job: string, from: string | undefined, options: FollowOptions): AsyncIterable<Usage>
  /** A file that the OpCenter hands to everybody, such as `/float.linux_amd64`; no credentials are sent. */
  download(path: string): Promise<AsyncIterable<Uint8Array>>
  /** Checks the password and answers the session's token with who we are. */
  login(): Promise<{ readonly token: string; readonly session: RestResponse<'login'> }>
}

export type JsonRoute = Exclude<RouteName, 'logBytes' | 'sampleStream'>

type Field<K extends string, V> = V extends undefined
  ? { readonly [P in K]?: undefined }
  : { readonly [P in K]: V }
type OptionalField<K extends string, V> = V extends undefined
  ? { readonly [P in K]?: undefined }
  : { readonly [P in K]?: V }
/** Parameters and body where the call has them; a query may always be left out. */
export type CallInput<N extends RouteName> = Field<'params', RestParams<N>> &
  Field<'body', RestBody<N>> &
  OptionalField<'query', RestQuery<N>> & { readonly headers?: Readonly<Record<string, string>> }

export type LogPage = {
  readonly bytes: Uint8Array
  /** Where the bytes begin. */
  readonly offset: number
  /** Of the whole file when they were read. */
  readonly size: number
}

/** A client of the OpCenter behind `transport`. */
export const createClient = (transport: Transport, credentials: Credentials): Client => {
  const send = async (name: RouteName, input: Input, signal?: AbortSignal): Promise<TransportResponse> => {
    const { method, path } = ROUTES[name]
    const response = await transport({
      method,
      path: fill(path, input.params ?? {}) + queryText(input.query ?? {}),
      headers: {
        accept: 'application/json',
        ...authorization(credentials),
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...input.headers,
      },
      ...(input.streamed ? { streamed: true } : {}),
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(signal ? { signal } : {}),
    })
    if (response.status < 200 || response.status > 299) throw refusal(response)
    return response
  }

  return {
    async call<N extends JsonRoute>(name: N, input?: CallInput<N>, signal?: AbortSignal) {
      return json(await send(name, (input ?? {}) as Input, signal)) as RestResponse<N>
    },
    async readLog(job, file, offset, signal) {
      const response = await send('logBytes', { params: { id: job, file }, query: { offset } }, signal)
      return {
        bytes: response.body,
        offset: Number(response.headers[LOG_OFFSET_HEADER]),
        size: Number(response.headers[LOG_SIZE_HEADER]),
      }
    },
    async *followSamples(job, from, options) {
      const open = async (lastId: string | undefined, signal: AbortSignal) => {
        const last = lastId === undefined ? {} : { 'last-event-id': lastId }
        const headers = { accept: 'text/event-stream', ...last }
        const input = { params: { id: job }, query: { from }, headers, streamed: true }
        return (await send('sampleStream', input, signal)).stream
      }
      for await (const { data } of follow(open, options)) yield JSON.parse(data) as Usage
    },
    async download(path) {
      const response = await transport({ method: 'GET', path, headers: {}, streamed: true })
      if (response.stream) return response.stream
      throw refusal(response)
    },
    async login() {
      const response = await send('login', {})
      const token = response.headers['authorization'] ?? ''
      if (token === '')
        throw new UserError('internal', 'the OpCenter accepted the password but gave no token')
      return { token, session: json(response) as RestResponse<'login'> }
    },
  }
}

type Scalar = string | number | undefined
type Input = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, Scalar | readonly string[]>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly streamed?: boolean
}

const fill = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))

const queryText = (query: NonNullable<Input['query']>): string => {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const item of typeof value === 'object' ? value : [value]) {
      if (item !== undefined) search.append(key, String(item))
    }
  }
  return search.size === 0 ? '' : `?${search.toString()}`
}

const authorization = (credentials: Credentials): Readonly<Record<string, string>> => {
  if (credentials.kind === 'none') return {}
  if (credentials.kind === 'token') return { authorization: credentials.token }
  const pair = `${credentials.username}:${credentials.password}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

const json = (response: TransportResponse): unknown => JSON.parse(Buffer.from(response.body).toString('utf8'))

const KIND_OF_CODE: ReadonlyMap<number, ErrorKind> = new Map(
  Object.entries(ERROR_CODE).map(([kind, code]) => [code, kind as ErrorKind]),
)

/** What the OpCenter said; an answer that is none of ours (a proxy's page) is told by its number. */
const refusal = (response: TransportResponse): UserError => {
  try {
    const body = json(response) as Partial<ErrorBody>
    const kind = KIND_OF_CODE.get(body.code ?? 0)
    if (kind && typeof body.message === 'string') return new UserError(kind, body.message)
  } catch {
    // Not JSON: told below.
  }
  return new UserError('internal', `the answer is not one of an OpCenter: HTTP ${response.status}`)
}
