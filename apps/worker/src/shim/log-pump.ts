import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

const CHUNK = 64 * 1024

/** Appends what comes out of a pipe to a file, byte for byte. */
export class LogPump {
  readonly #pipe: number
  readonly #file: number
  readonly #socket: Socket
  offset: number

  /** `pipe` is opened anew, non-blocking, so that nothing changes for the program that writes into it. */
  constructor(pipe: string, path: string) {
    this.#file = openSync(path, 'a', 0o644)
    this.offset = fstatSync(this.#file).size
    this.#pipe = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const watched = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    this.#socket = new Socket({ fd: watched, readable: true, writable: false })
    this.#socket.on('data', (bytes) => this.#append(bytes))
    this.#socket.on('error', () => undefined)
  }

  /** Everything written into the pipe so far is in the file and on the disk. */
  drain(): void {
    this.#empty()
    fsyncSync(this.#file)
  }

  close(): void {
    this.drain()
    this.#socket.destroy()
    closeSync(this.#pipe)
    closeSync(this.#file)
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
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(this.#file, bytes, at)
      at += written
      this.offset += written
    }
  }
}
