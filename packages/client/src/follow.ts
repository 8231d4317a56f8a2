import { type ErrorKind, UserError } from '@mmcloud/contract/user-error'
import { readEvents, type ServerEvent } from './event-stream.ts'
import { UnreachableError } from './transport.ts'

export type FollowOptions = {
  /** Ends it: what is being waited for rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** The connection broke; it is made again after `retryMs`. */
  readonly broken?: (error: Error, retryMs: number) => void
  /** Before the first try to connect again; twice as long before each further one, up to 30 s. */
  readonly retryMs?: number
}

/** Opens the stream after the event `lastId`, or from where it begins. Nothing = all of it has been seen. */
export type OpenStream = (
  lastId: string | undefined,
  signal: AbortSignal,
) => Promise<AsyncIterable<Uint8Array> | undefined>

const RETRY_MS = 1_000
const MOST_RETRY_MS = 30_000
/** May pass by themselves; whatever else the OpCenter refuses it will refuse again. */
const PASSING: readonly ErrorKind[] = ['internal', 'tooManyRequests', 'unavailable']

/**
 * Every event once and in order, until the OpCenter says that there is no more (the event `end`). A connection that
 * breaks is made again and goes on where it broke; what fails before the first was made is thrown.
 */
export async function* follow(open: OpenStream, options: FollowOptions): AsyncGenerator<ServerEvent> {
  const { signal, broken, retryMs = RETRY_MS } = options
  let lastId: string | undefined
  let connected = false
  for (let pause = retryMs; ; pause = Math.min(pause * 2, MOST_RETRY_MS)) {
    try {
      const pieces = await open(lastId, signal)
      if (!pieces) return
      connected = true
      for await (const event of readEvents(pieces, lastId)) {
        pause = retryMs
        if (event.event === 'end') return
        yield event
        lastId = event.id || lastId
      }
      throw new UnreachableError('the OpCenter closed the stream')
    } catch (error) {
      signal.throwIfAborted()
      if (!connected || !mayPass(error)) throw error
      broken?.(error, pause)
    }
    await sleep(pause, signal)
  }
}

const mayPass = (error: unknown): error is Error =>
  error instanceof UnreachableError || (error instanceof UserError && PASSING.includes(error.kind))

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
