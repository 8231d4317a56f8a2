import type { ServerResponse } from 'node:http'
import { UserError } from '@mmcloud/domain'
import type { FastifyReply } from 'fastify'

/** One answer of server-sent events that stays open. */
export type EventStream = {
  /** `id` is what a client that comes back says it has seen. */
  send(id: number, data: object): void
  /** Says that there is no more, so that the client does not come back. */
  end(): void
  /** Breaks off: the client comes back. */
  abort(): void
  /** Also when it is closed already. */
  onClosed(listener: () => void): void
}

export type EventStreamLimits = {
  readonly mostPerUser: number
  /** A comment so often, so that neither side nor a proxy takes silence for the end. */
  readonly heartbeatMs: number
  /** A client that does not read is let go when so much waits for it; it can come back and go on where it was. */
  readonly mostWaitingBytes: number
}

const LIMITS: EventStreamLimits = { mostPerUser: 32, heartbeatMs: 15_000, mostWaitingBytes: 2 ** 20 }

/** All answers that are open, so that they can be counted and closed. */
export class EventStreams {
  readonly #limits: EventStreamLimits
  readonly #open = new Map<ServerResponse, string>()

  constructor(limits: Partial<EventStreamLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits }
  }

  /** Answers with a stream; throws `tooManyRequests` while the user has too many. */
  open(reply: FastifyReply, user: string): EventStream {
    const { mostPerUser, heartbeatMs, mostWaitingBytes } = this.#limits
    if ([...this.#open.values()].filter((of) => of === user).length >= mostPerUser) {
      throw new UserError('tooManyRequests', `Too many streams at once, at most ${mostPerUser} of one user`)
    }
    reply.hijack()
    const { raw } = reply
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value) raw.setHeader(name, value)
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const write = (text: string): void => {
      if (isOver(raw)) return
      raw.write(text)
      if (raw.writableLength > mostWaitingBytes) raw.destroy()
    }
    write(': open\n\n')
    const heartbeat = setInterval(() => write(': still there\n\n'), heartbeatMs)
    const onClosed = (listener: () => void): void => {
      // It may have gone while we looked who it is.
      if (raw.closed) listener()
      else raw.once('close', listener)
    }
    this.#open.set(raw, user)
    onClosed(() => {
      clearInterval(heartbeat)
      this.#open.delete(raw)
    })
    return {
      send: (id, data) => write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`),
      end: () => void (isOver(raw) || raw.end('event: end\ndata: {}\n\n')),
      abort: () => void raw.destroy(),
      onClosed,
    }
  }

  /** Lets all clients go; they may come back, to whoever is there then. */
  close(): void {
    for (const raw of this.#open.keys()) raw.end()
  }
}

const isOver = (raw: ServerResponse): boolean => raw.writableEnded || raw.destroyed
