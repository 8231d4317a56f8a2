import { randomUUID } from 'node:crypto'
import { createServer as createHttp, type Server } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo } from 'node:net'
import {
  fromWorkerSchema,
  type ToWorker,
  WORKER_METHODS,
  type WorkerMethod,
  type WorkerParams,
  type WorkerReport,
  type WorkerResult,
} from '@mmcloud/contract'
import type { Sample } from '@mmcloud/domain'
import { generate } from 'selfsigned'
import { type WebSocket, WebSocketServer } from 'ws'

/** The OpCenter's end of the link and the cloud's metadata, as a worker meets them. */
export class FakeOpenCenter {
  certificate = ''
  port = 0
  metadataPort = 0
  report: WorkerReport | undefined
  notice: { action: string; time: string } | undefined
  readonly logs = new Map<string, Buffer>()
  /** As they came, each batch acknowledged. */
  readonly samples: Sample[] = []
  #away = false
  readonly #waiting = new Map<
    string,
    (answer: { result?: unknown; error?: { message: string } | undefined }) => void
  >()
  #socket: WebSocket | undefined
  readonly #servers: { close(): unknown; closeAllConnections(): void }[] = []
  #sockets: WebSocketServer | undefined

  async listen(): Promise<this> {
    const made = await generate([{ name: 'commonName', value: 'opcenter' }], { keySize: 2048 })
    this.certificate = made.cert
    const https = createServer({ cert: made.cert, key: made.private })
    this.#sockets = new WebSocketServer({ server: https, path: '/worker' })
    this.#sockets.on('connection', (socket) => this.#serve(socket))
    const metadata = createHttp((request, response) => {
      if (request.method === 'PUT') return response.end('token')
      if (!this.notice) return response.writeHead(404).end()
      return response.end(JSON.stringify(this.notice))
    })
    this.port = await listening(https as unknown as Server)
    this.metadataPort = await listening(metadata)
    this.#servers.push(https, metadata)
    return this
  }

  close(): void {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate()
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
  }

  ask<M extends WorkerMethod>(method: M, params: WorkerParams<M>): Promise<WorkerResult<M>> {
    const requestId = randomUUID()
    return new Promise((resolve, reject) => {
      this.#waiting.set(requestId, ({ result, error }) => {
        if (error) reject(new Error(error.message))
        else resolve(WORKER_METHODS[method].result.parse(result) as WorkerResult<M>)
      })
      this.#send({ type: 'request', requestId, method, params })
    })
  }

  /** No worker reaches it until it comes back. */
  goAway(): void {
    this.#away = true
    for (const socket of this.#sockets?.clients ?? []) socket.terminate()
  }

  comeBack(): void {
    this.#away = false
  }

  #serve(socket: WebSocket): void {
    if (this.#away) return socket.terminate()
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      const message = fromWorkerSchema.parse(JSON.parse(data.toString('utf8')))
      if (message.type === 'hello') {
        const logs = Object.fromEntries([...this.logs].map(([file, bytes]) => [file, bytes.length]))
        this.#send({ type: 'welcome', credential: 'own-credential', logs })
      } else if (message.type === 'report') this.report = message
      else if (message.type === 'samples') {
        this.samples.push(...(message.samples as Sample[]))
        this.#send({ type: 'samplesAck', batch: message.batch })
      } else if (message.type === 'response') this.#waiting.get(message.requestId)?.(message)
      else {
        const had = this.logs.get(message.file) ?? Buffer.alloc(0)
        const kept = message.truncate ? had.subarray(0, message.offset) : had
        const fits = kept.length === message.offset
        this.logs.set(message.file, fits ? Buffer.concat([kept, Buffer.from(message.data, 'base64')]) : kept)
        this.#send({ type: 'logAck', file: message.file, size: this.logs.get(message.file)!.length })
      }
    })
    socket.on('error', () => undefined)
  }

  #send(message: ToWorker): void {
    this.#socket?.send(JSON.stringify(message))
  }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, () => resolve((server.address() as AddressInfo).port)))
