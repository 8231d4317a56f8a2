import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import pLimit from 'p-limit'
import { type Address, originOf } from './address.ts'
import {
  BrokenOffError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
  UnreachableError,
} from './transport.ts'
import { type Trust, UntrustedError, verifyCertificate } from './trust.ts'

/** A host that drops packets answers nothing at all; a live one connects in a fraction of this. */
const CONNECT_MS = 5_000
/** Requests are answered soon, and in streams a sign of life comes every 15 s: silence this long means it is gone. */
const ANSWER_MS = 60_000

/** For what one person asks at once. */
const CALLS_AT_ONCE = 4

/**
 * HTTPS with one certificate we trust, kept alive between calls. Of an address without a port the first port that
 * answers is used, and remembered. At most `callsAtOnce` wait for an answer, each with a connection; the others wait for these.
 */
export const httpsTransport = (
  address: Address,
  trust: Trust,
  { callsAtOnce = CALLS_AT_ONCE }: { readonly callsAtOnce?: number } = {},
): Transport & { close: () => void; origin: () => string } => {
  const agents = new Map(
    address.ports.map((port) => [port, new TrustingAgent(`${address.host}:${port}`, trust)]),
  )
  // Node's own limit counts a connection only once it is made: a burst would make one for each call.
  const limit = pLimit(callsAtOnce)
  let answering: number | undefined

  const ask = async (request: TransportRequest): Promise<TransportResponse> => {
    const failures: string[] = []
    for (const port of answering === undefined ? address.ports : [answering]) {
      try {
        const response = await send(address.host, port, agents.get(port), request)
        answering = port
        return response
      } catch (error) {
        if (!(error instanceof NotConnectedError)) throw error
        failures.push(`${address.host}:${port}: ${error.message}`)
      }
    }
    throw new UnreachableError(`no OpCenter answers at ${failures.join(', nor at ')}`)
  }
  let closed = false
  const inTurn = async (request: TransportRequest): Promise<TransportResponse> => {
    // Not as if nobody answered: whoever asks again then would do so for ever.
    if (closed) throw new Error('the connection was closed by ourselves')
    return ask(request)
  }
  return Object.assign((request: TransportRequest) => limit(() => inTurn(request)), {
    /** What is under way breaks off, and what waits is never sent. */
    close: () => {
      closed = true
      agents.forEach((agent) => agent.destroy())
    },
    /** Where it answered last, or would be asked first. */
    origin: () => originOf(answering === undefined ? address : { ...address, ports: [answering] }),
  })
}

/** No connection was made, so nothing was sent and another port may be tried. */
class NotConnectedError extends Error {}

/** Verifies the certificate before the socket is handed to a request, so that no byte goes to a stranger. */
class TrustingAgent extends https.Agent {
  readonly #endpoint: string
  readonly #trust: Trust

  constructor(endpoint: string, trust: Trust) {
    super({ keepAlive: true })
    this.#endpoint = endpoint
    this.#trust = trust
  }

  override createConnection(
    options: https.AgentOptions & tls.ConnectionOptions,
    done: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    // Chains say nothing about self-signed certificates: ours is compared with the one we trust instead, below.
    const socket = tls.connect({ ...options, rejectUnauthorized: false })
    const fail = (error: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      done(error, socket)
    }
    const timer = setTimeout(() => fail(new NotConnectedError('no answer')), CONNECT_MS)
    const refused = (error: NodeJS.ErrnoException): void => fail(new NotConnectedError(reasonOf(error)))
    socket.once('error', refused)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('error', refused)
      try {
        verifyCertificate(this.#trust, this.#endpoint, socket.getPeerCertificate())
        done(null, socket)
      } catch (error) {
        fail(error instanceof Error ? error : new UntrustedError(String(error)))
      }
    })
    return undefined
  }
}

const send = (
  host: string,
  port: number,
  agent: https.Agent | undefined,
  request: TransportRequest,
): Promise<TransportResponse> =>
  new Promise((resolve, reject) => {
    const { method, path, headers, body, streamed, signal } = request
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = https.request(
      { host, port, agent, method, path, headers: { ...headers, ...length }, timeout: ANSWER_MS, signal },
      (incoming) => {
        const status = incoming.statusCode ?? 0
        const flat = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
        const head = { status, headers: Object.fromEntries(flat) as Record<string, string> }
        if (streamed && status === 200) {
          return resolve({ ...head, body: new Uint8Array(), stream: piecesOf(incoming, host, port, signal) })
        }
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', (error) => reject(brokenOff(host, port, error)))
        incoming.on('end', () => resolve({ ...head, body: Buffer.concat(chunks) }))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')))
    outgoing.on('error', (error) => {
      const ours = error instanceof NotConnectedError || error instanceof UntrustedError || signal?.aborted
      reject(ours ? error : brokenOff(host, port, error))
    })
    outgoing.end(body)
  })

async function* piecesOf(
  incoming: IncomingMessage,
  host: string,
  port: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* incoming as AsyncIterable<Uint8Array>
  } catch (error) {
    throw signal?.aborted ? error : brokenOff(host, port, error as NodeJS.ErrnoException)
  }
}

const brokenOff = (host: string, port: number, cause: NodeJS.ErrnoException): BrokenOffError =>
  new BrokenOffError(`the connection to ${host}:${port} broke: ${reasonOf(cause)}`, { cause })

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  ECONNRESET: 'closed by the other side',
  EPROTO: 'it speaks no TLS',
}

const reasonOf = (error: NodeJS.ErrnoException): string =>
  WORDS[error.code ?? ''] ?? (error.code?.startsWith('ERR_SSL') ? 'it speaks no TLS' : error.message)
