import {
  type CallInput,
  type Client,
  createClient,
  httpsTransport,
  type JsonRoute,
  type LogPage,
  parseAddress,
  type Transport,
  type Trust,
  UnreachableError,
} from '@mmcloud/client'
import type { RestResponse } from '@mmcloud/contract'
import { UserError } from '@mmcloud/contract/user-error'

/** The OpCenter as the agent sees it, in one session that is renewed when it has ended. */
export type OpenCenter = {
  /** `https://HOST[:PORT]`, for links. */
  readonly origin: () => string
  call<N extends JsonRoute>(name: N, input?: CallInput<N>, signal?: AbortSignal): Promise<RestResponse<N>>
  readLog(job: string, file: string, offset: number, signal?: AbortSignal): Promise<LogPage>
}

/** Whose jobs they are. */
export type Login = { readonly address: string; readonly username: string; readonly password: string }

/** A submit may wait for a registry, and everything else is quick: neither waits behind the other. */
const SUBMITS_AT_ONCE = 32
const CALLS_AT_ONCE = 8

/**
 * Through connections of this package's own: as a file apart from float's it knows its own kinds of errors, and no others.
 * `login` is read anew for each session, as a deployment changes its secrets.
 */
export const openCenter = (
  address: string,
  login: () => Login,
  trust: Trust,
  now: () => number,
): OpenCenter & { close(): void } => {
  const at = parseAddress(address)
  const submits = httpsTransport(at, trust, { callsAtOnce: SUBMITS_AT_ONCE })
  const others = httpsTransport(at, trust, { callsAtOnce: CALLS_AT_ONCE })
  return {
    ...sessionOver({ submits, others }, login, now),
    origin: others.origin,
    close: () => [submits, others].forEach((transport) => transport.close()),
  }
}

/** The same OpCenter for a caller who waits no longer than `signal`: then it counts as one that does not answer. */
export const askedUntil = (center: OpenCenter, signal: AbortSignal): OpenCenter => {
  const within = <T>(asked: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void =>
        reject(new UnreachableError(`the OpCenter at ${center.origin()} has not answered in time`))
      if (signal.aborted) giveUp()
      else signal.addEventListener('abort', giveUp, { once: true })
      asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
    })
  return {
    origin: center.origin,
    call: (name, input) => within(center.call(name, input, signal)),
    readLog: (job, file, offset) => within(center.readLog(job, file, offset, signal)),
  }
}

/** Wrong passwords are counted by address, and all that come from there are refused after some of them. */
const REFUSED_FOR_MS = 60_000

type Refused = { readonly login: Login; readonly at: number; readonly error: UserError }
type Session = { readonly submits: Client; readonly others: Client }

/** Exported for its test. */
export const sessionOver = (
  transports: { readonly submits: Transport; readonly others: Transport },
  readLogin: () => Login,
  now: () => number,
): Omit<OpenCenter, 'origin'> => {
  let session: Promise<Session> | undefined
  let refused: Refused | undefined

  const begin = async (): Promise<Session> => {
    const login = readLogin()
    if (refused && now() - refused.at < REFUSED_FOR_MS && sameLogin(refused.login, login)) throw refused.error
    const { username, password } = login
    try {
      const client = createClient(transports.others, { kind: 'password', username, password })
      const credentials = { kind: 'token', token: (await client.login()).token } as const
      refused = undefined
      return {
        submits: createClient(transports.submits, credentials),
        others: createClient(transports.others, credentials),
      }
    } catch (error) {
      if (error instanceof UserError) refused = { login, at: now(), error }
      throw error
    }
  }
  /** One login for all who wait for it. One that fails is tried anew by a later call. */
  const current = (): Promise<Session> => {
    if (session) return session
    const beginning = begin()
    session = beginning
    beginning.catch(() => (session = undefined))
    return beginning
  }
  const renewing = async <T>(ask: (session: Session) => Promise<T>): Promise<T> => {
    const before = current()
    const begun = await before
    try {
      return await ask(begun)
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'unauthenticated') throw error
      // Somebody else may have renewed it meanwhile.
      if (session === before) session = undefined
      return ask(await current())
    }
  }
  return {
    call: (name, input, signal) =>
      renewing((at) => (name === 'submitJob' ? at.submits : at.others).call(name, input, signal)),
    readLog: (job, file, offset, signal) =>
      renewing(({ others }) => others.readLog(job, file, offset, signal)),
  }
}

const sameLogin = (one: Login, other: Login): boolean =>
  one.username === other.username && one.password === other.password
