import { Agent } from 'node:https'
import {
  type FromWorker,
  type ToWorker,
  toWorkerSchema,
  WORKER_PROTOCOL,
  type WorkerConfig,
} from '@mmcloud/contract'
import { WebSocket } from 'ws'
import { loadCredential, saveCredential } from './credential.ts'

const VERSION = '0.1.0'
const BACKOFF_MS = { first: 200, most: 5000 }
/** A link on which neither a pong nor a message came between two pings is dead. */
const PING_MS = 5000

export type LinkHandlers = {
  readonly connected: (logs: Record<string, number>) => void
  readonly disconnected: () => void
  readonly received: (message: Exclude<ToWorker, { type: 'welcome' }>) => void
  readonly log: (message: string) => void
}

/** The worker's line to its OpCenter: dialled for ever, with the one certificate that is trusted. */
export class OpenCenterLink {
  readonly #config: WorkerConfig
  readonly #handlers: LinkHandlers
  #socket: WebSocket | undefined
  #welcomed = false
  #backoffMs = BACKOFF_MS.first

  constructor(config: WorkerConfig, handlers: LinkHandlers) {
    this.#config = config
    this.#handlers = handlers
  }

  /** Sends, or drops when there is no link: the next report heals it. */
  send(message: FromWorker): void {
    if (this.#welcomed && this.#socket?.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify(message))
  }

  /** Whether the OpCenter hears us now, as far as one can know. */
  get up(): boolean {
    return this.#welcomed
  }

  dial(): void {
    const url = `${this.#config.openCenterUrl.replace(/^http/, 'ws')}/worker`
    // The certificate itself is pinned; the name or address it was made for does not matter.
    const socket = new WebSocket(url, {
      agent: new Agent({ ca: this.#config.certificate, checkServerIdentity: () => undefined }),
      handshakeTimeout: 10_000,
    })
    this.#socket = socket
    let alive = true
    const ping = setInterval(() => {
      if (!alive) return socket.terminate()
      alive = false
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    }, PING_MS)
    socket.on('pong', () => (alive = true))
    socket.on('open', () => socket.send(JSON.stringify(this.#hello())))
    socket.on('message', (data: Buffer) => {
      alive = true
      this.#take(data.toString('utf8'))
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(ping)
      if (this.#welcomed) this.#handlers.disconnected()
      this.#welcomed = false
      setTimeout(() => this.dial(), this.#backoffMs)
      this.#backoffMs = Math.min(this.#backoffMs * 2, BACKOFF_MS.most)
    })
  }

  #hello(): FromWorker {
    const { instanceId, joinToken } = this.#config
    const credential = loadCredential()
    const proof = credential === undefined ? { joinToken } : { credential }
    return { type: 'hello', protocol: WORKER_PROTOCOL, version: VERSION, instanceId, ...proof }
  }

  #take(text: string): void {
    let message: ToWorker
    try {
      message = toWorkerSchema.parse(JSON.parse(text))
    } catch {
      // A message of a newer OpCenter that this worker does not know; it will ask in a way both know.
      return
    }
    if (message.type !== 'welcome') return this.#handlers.received(message)
    if (message.credential !== undefined && !this.#keep(message.credential)) return
    this.#welcomed = true
    this.#backoffMs = BACKOFF_MS.first
    this.#handlers.connected(message.logs)
  }

  /** A link whose credential is not kept is not used: once it is, only that credential opens another. */
  #keep(credential: string): boolean {
    try {
      saveCredential(credential)
      return true
    } catch (error) {
      this.#handlers.log(`the credential cannot be kept, the OpCenter is dialled again: ${String(error)}`)
      this.#socket?.terminate()
      return false
    }
  }
}
