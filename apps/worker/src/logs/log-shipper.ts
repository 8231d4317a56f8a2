import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import type { FromWorker } from '@mmcloud/contract'
import { jobPlaces } from '../system/places.ts'

const CHUNK_BYTES = 256 * 1024
const WINDOW_BYTES = 1024 * 1024

export type LogSource = { readonly jobId: string; readonly truncated: Record<string, number> } | undefined
/** `unanswered` messages of a file are out; `cut`: so many answers are missing until the OpCenter has cut it at `at`. */
type Progress = {
  sent: number
  acked: number
  unanswered: number
  cut?: { readonly at: number; missing: number }
}

/** Brings the job's log files to the OpCenter, in order per file, at most one window ahead of what it has. */
export class LogShipper {
  readonly #source: () => LogSource
  readonly #truncationShipped: (file: string) => void
  #files: Map<string, Progress> | undefined

  constructor(source: () => LogSource, truncationShipped: (file: string) => void) {
    this.#source = source
    this.#truncationShipped = truncationShipped
  }

  /** A link is there: from what the OpCenter says it has. */
  connected(sizes: Record<string, number>): void {
    this.#files = new Map(
      Object.entries(sizes).map(([file, size]) => [file, { sent: size, acked: size, unanswered: 0 }]),
    )
  }

  disconnected(): void {
    this.#files = undefined
  }

  acknowledged(file: string, size: number): void {
    const progress = this.#files?.get(file)
    if (!progress) return
    // An answer below what was sent and not in the order of what was sent means: go on from there.
    if (size < progress.acked) progress.sent = size
    progress.acked = size
    progress.sent = Math.max(progress.sent, size)
    progress.unanswered -= 1
    // Everything is answered, and it has less: what was sent last did not follow on what it had.
    if (progress.unanswered === 0) progress.sent = Math.min(progress.sent, size)
    if (progress.cut === undefined) return
    progress.cut.missing -= 1
    if (progress.cut.missing > 0) return
    const { at } = progress.cut
    delete progress.cut
    // It may have gone back further since: that cut is yet to be made.
    if (this.#source()?.truncated[file] === at) this.#truncationShipped(file)
  }

  /** True when the OpCenter has every byte. */
  get done(): boolean {
    const source = this.#source()
    if (!source || !this.#files || Object.keys(source.truncated).length > 0) return false
    const files = logFiles()
    if (files === undefined) return false
    return files.every(({ name, size }) => (this.#files?.get(name)?.acked ?? 0) === size)
  }

  /** Sends what may be sent now. */
  ship(send: (message: FromWorker) => void): void {
    const source = this.#source()
    if (!source || !this.#files) return
    for (const { name, size } of withCutAway(logFiles(), source.truncated)) {
      const progress = this.#files.get(name) ?? { sent: 0, acked: 0, unanswered: 0 }
      this.#files.set(name, progress)
      const wentBackTo = source.truncated[name]
      const cut = Math.min(wentBackTo ?? size, size)
      // A worker before this one may have sent more since the OpCenter said what it has: it is asked to cut all the same.
      if ((wentBackTo !== undefined && progress.cut?.at !== wentBackTo) || progress.sent > size) {
        send({ type: 'log', jobId: source.jobId, file: name, offset: cut, truncate: true, data: '' })
        progress.sent = Math.min(progress.sent, cut)
        progress.acked = Math.min(progress.acked, cut)
        progress.unanswered += 1
        if (wentBackTo !== undefined) progress.cut = { at: wentBackTo, missing: progress.unanswered }
      }
      while (progress.sent < size && progress.sent - progress.acked < WINDOW_BYTES) {
        const bytes = readAt(`${jobPlaces.logs}/${name}`, progress.sent)
        if (bytes.length === 0) break
        const data = bytes.toString('base64')
        send({ type: 'log', jobId: source.jobId, file: name, offset: progress.sent, data })
        progress.sent += bytes.length
        progress.unanswered += 1
      }
    }
  }
}

/** A file that did not exist yet at the instant that the job went back to is cut to nothing at the OpCenter. */
const withCutAway = (
  files: readonly LogFile[] | undefined,
  truncated: Record<string, number>,
): readonly LogFile[] => {
  if (files === undefined) return []
  const cutAway = Object.keys(truncated).filter((file) => files.every(({ name }) => name !== file))
  return [...files, ...cutAway.map((name) => ({ name, size: 0 }))]
}

type LogFile = { readonly name: string; readonly size: number }

/** None before the job has begun; undefined when they cannot be looked at just now. */
const logFiles = (): LogFile[] | undefined => {
  if (!existsSync(jobPlaces.logs)) return []
  try {
    return readdirSync(jobPlaces.logs, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({ name, size: statSync(`${jobPlaces.logs}/${name}`).size }))
  } catch {
    return undefined
  }
}

const readAt = (path: string, offset: number): Buffer => {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES)
    return buffer.subarray(0, readSync(file, buffer, 0, CHUNK_BYTES, offset))
  } finally {
    closeSync(file)
  }
}
