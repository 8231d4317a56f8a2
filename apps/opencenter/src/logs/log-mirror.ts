import { constants, existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { invalidArgument, isJobId, type JobId, notFound } from '@mmcloud/domain'
import type { JobLogs } from '@mmcloud/engine'

/** The files of which an ended attempt's are kept apart. */
const ROTATED = ['stdout.autosave', 'stderr.autosave']
const NOTHING = Buffer.alloc(0)

export type LogFileInfo = { readonly name: string; readonly size: number; readonly updatedAt: number }

/**
 * The OpCenter's copy of the jobs' logs: `<folder>/<job>/<file>`. Workers send each byte until it is durable here, so
 * a chunk may come twice; it is written where it belongs.
 */
export class LogMirror implements JobLogs {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Writes bytes at `offset`, on the disk when it resolves with the file's size. With `truncate` the file is first cut
   * there (the job went back to a checkpoint). A chunk that would leave a hole is not written: the size tells the
   * worker where to go on. One that cannot be written whole is not there at all.
   */
  async append(
    jobId: JobId,
    file: string,
    offset: number,
    bytes: Buffer,
    truncate: boolean,
  ): Promise<number> {
    const path = this.#path(jobId, file)
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      let { size } = await handle.stat()
      if (truncate && size > offset) {
        await handle.truncate(offset)
        size = offset
      }
      return await appendDurably(handle, size, offset <= size ? bytes.subarray(size - offset) : NOTHING)
    } finally {
      await handle.close()
    }
  }

  /** How much of each file is here, on the disk: an OpCenter before this one may have ended before that was so. */
  async sizes(jobId: JobId): Promise<Record<string, number>> {
    const files = await this.list(jobId)
    for (const { name } of files) await syncFile(this.#path(jobId, name)).catch(emptyWhenMissing)
    return Object.fromEntries(files.map(({ name, size }) => [name, size]))
  }

  /** By name; empty before the job ran. */
  async list(jobId: JobId): Promise<readonly LogFileInfo[]> {
    const folder = this.#jobFolder(jobId)
    const names = await readdir(folder).catch(emptyWhenMissing)
    const files = await Promise.all(
      names.toSorted().map(async (name): Promise<LogFileInfo[]> => {
        // It may have got another name since: an attempt has ended.
        const found = await stat(join(folder, name)).catch(emptyWhenMissing)
        return 'size' in found ? [{ name, size: found.size, updatedAt: found.mtimeMs }] : []
      }),
    )
    return files.flat()
  }

  /** At most `length` bytes from `offset` on; a negative offset counts from the end. Throws `notFound` without the file. */
  async read(
    jobId: JobId,
    file: string,
    offset: number,
    length: number,
  ): Promise<{ readonly bytes: Buffer; readonly offset: number; readonly size: number }> {
    const handle = await open(this.#path(jobId, file), 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? notFound(`log file ${file} of job ${jobId}`) : error
    })
    try {
      const { size } = await handle.stat()
      const range = readRange(size, offset, length)
      const bytes = Buffer.alloc(range.end - range.start)
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, range.start)
      return { bytes: bytes.subarray(0, bytesRead), offset: range.start, size }
    } finally {
      await handle.close()
    }
  }

  async rotate(jobId: JobId, attempt: number): Promise<void> {
    for (const name of ROTATED) {
      const path = this.#path(jobId, name)
      // Asked again after a crash: what is there now may already be the next attempt's.
      if (!existsSync(`${path}.${attempt}`)) await rename(path, `${path}.${attempt}`).catch(emptyWhenMissing)
    }
  }

  #jobFolder(jobId: JobId): string {
    if (!isJobId(jobId)) throw notFound(`job ${String(jobId)}`)
    return join(this.#folder, jobId)
  }

  #path(jobId: JobId, file: string): string {
    if (!/^[\w-][\w.-]{0,127}$/.test(file)) throw invalidArgument(`"${file}" is not the name of a log file`)
    return join(this.#jobFolder(jobId), file)
  }
}

/** The part of a file of `size` bytes that is asked for: always inside the file, possibly empty. */
export const readRange = (size: number, offset: number, length: number): { start: number; end: number } => {
  const start = Math.min(size, offset < 0 ? Math.max(0, size + offset) : offset)
  return { start, end: Math.min(size, start + Math.max(0, length)) }
}

/** Resolves with the new size when all of it is on the disk. Of what fails nothing may stay: its size would say that it is. */
const appendDurably = async (handle: FileHandle, size: number, bytes: Buffer): Promise<number> => {
  try {
    await writeAll(handle, bytes, size)
    await handle.datasync()
    return size + bytes.length
  } catch (error) {
    await handle.truncate(size)
    throw error
  }
}

/** A disk that is nearly full takes only a part at a time, until it takes none and says so. */
const writeAll = async (handle: FileHandle, bytes: Buffer, at: number): Promise<void> => {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, at + written)
    if (bytesWritten === 0) throw new Error('the log could not be written')
    written += bytesWritten
  }
}

const syncFile = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

const emptyWhenMissing = (error: NodeJS.ErrnoException): [] => {
  if (error.code === 'ENOENT') return []
  throw error
}
