import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

const CHUNK = 64 * 1024
const TRY_AGAIN_MS = 500

/**
 * Appends what comes out of a pipe to a file, byte for byte. A file that cannot be written (its disk is full) makes the
 * program wait with its output, as a full pipe does; nothing is lost, and it goes on when there is room.
 */
export class LogPump {
  readonly #pipe: number
  readonly #file: number
  readonly #socket: Socket
  /** Read from the pipe, and not yet in the file. */
  #held: Uint8Array = Buffer.alloc(0)
  #retry: NodeJS.Timeout | undefined
  offset: number

  /** `pipe` is opened anew, non-blocking, so that nothing changes for the program that writes into it. */
  constructor(pipe: string, path: string) {
    this.#file = openSync(path, 'a', 0o644)
    this.offset = fstatSync(this.#file).size
    this.#pipe = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const watched = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    // With a buffer of ours nothing is read ahead: `drain` never overtakes bytes that lie in a stream.
    const onread = {
      buffer: Buffer.alloc(CHUNK),
      callback: (length: number, buffer: Uint8Array) => this.#take(buffer.subarray(0, length)),
    }
    this.#socket = new Socket({ fd: watched, readable: true, writable: false, onread })
    this.#socket.on('error', () => undefined)
  }

  /** Everything written into the pipe so far is in the file and on the disk; throws when it cannot be. */
  drain(): void {
    this.#flush()
    this.#empty()
    fsyncSync(this.#file)
  }

  /** What is not drained by now is lost. */
  close(): void {
    clearTimeout(this.#retry)
    this.#socket.destroy()
    closeSync(this.#pipe)
    closeSync(this.#file)
  }

  /** False: read no more until `#tryAgain` says so. */
  #take(bytes: Uint8Array): boolean {
    try {
      this.#append(bytes)
      return true
    } catch {
      this.#retry ??= setTimeout(() => this.#tryAgain(), TRY_AGAIN_MS)
      return false
    }
  }

  #tryAgain(): void {
    try {
      this.#flush()
      this.#retry = undefined
      this.#socket.resume()
    } catch {
      this.#retry = setTimeout(() => this.#tryAgain(), TRY_AGAIN_MS)
    }
  }

  #empty(): void {
    const buffer = Buffer.alloc(CHUNK)
    for (;;) {
      let read: number
      try {
        read = readSync(this.#pipe, buffer)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
        throw error
      }
      if (read === 0) return
      this.#append(buffer.subarray(0, read))
    }
  }

  #append(bytes: Uint8Array): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    this.#flush()
  }

  #flush(): void {
    try {
      while (this.#held.length > 0) {
        const written = writeSync(this.#file, this.#held)
        this.#held = this.#held.subarray(written)
        this.offset += written
      }
    } finally {
      // The reader's buffer is used again for the next bytes.
      this.#held = Buffer.from(this.#held)
    }
  }
}
