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
  /** `HOST[:PORT]`, for links. */
  readonly address: string
  call<N extends JsonRoute>(name: N, input?: CallInput<N>, signal?: AbortSignal): Promise<RestResponse<N>>
  readLog(job: string, file: string, offset: number, signal?: AbortSignal): Promise<LogPage>
}

/** Whose jobs they are. */
export type Login = { readonly address: string; readonly username: string; readonly password: string }

/** An engine asks about all its tasks at once, and a Create may wait for a registry: what is quick does not wait behind it. */
const CONNECTIONS = 32

/** Through a connection of this package's own: as a file apart from float's it knows its own kinds of errors, and no others. */
export const openCenter = (login: Login, trust: Trust): OpenCenter & { close(): void } => {
  const transport = httpsTransport(parseAddress(login.address), trust, { connections: CONNECTIONS })
  return { ...sessionOver(transport, login), close: transport.close }
}

/** The same OpCenter for a caller who waits no longer than `signal`: then it counts as one that does not answer. */
export const askedUntil = (center: OpenCenter, signal: AbortSignal): OpenCenter => {
  const within = <T>(asked: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void =>
        reject(new UnreachableError(`the OpCenter at ${center.address} has not answered in time`))
      if (signal.aborted) giveUp()
      else signal.addEventListener('abort', giveUp, { once: true })
      asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
    })
  return {
    address: center.address,
    call: (name, input) => within(center.call(name, input, signal)),
    readLog: (job, file, offset) => within(center.readLog(job, file, offset, signal)),
  }
}

const sessionOver = (transport: Transport, { address, username, password }: Login): OpenCenter => {
  let session: Promise<Client> | undefined
  const login = async (): Promise<Client> => {
    const { token } = await createClient(transport, { kind: 'password', username, password }).login()
    return createClient(transport, { kind: 'token', token })
  }
  /** One login for all who wait for it. One that fails is tried anew by the next call. */
  const current = (): Promise<Client> => {
    if (session) return session
    const beginning = login()
    session = beginning
    beginning.catch(() => (session = undefined))
    return beginning
  }
  const renewing = async <T>(ask: (client: Client) => Promise<T>): Promise<T> => {
    const before = current()
    try {
      return await ask(await before)
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'unauthenticated') throw error
      // Somebody else may have renewed it meanwhile.
      if (session === before) session = undefined
      return ask(await current())
    }
  }
  return {
    address,
    call: (name, input, signal) => renewing((client) => client.call(name, input, signal)),
    readLog: (job, file, offset, signal) => renewing((client) => client.readLog(job, file, offset, signal)),
  }
}
