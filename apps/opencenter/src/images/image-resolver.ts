import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ImageReference, invalidArgument, UserError } from '@mmcloud/domain'
import type { Library } from '@mmcloud/store'
import type { BlobStore, StoredImage } from './blob-store.ts'
import { type InspectRegistry, NoAnswerError } from './inspect-registry.ts'

const run = promisify(execFile)

const UNPACK_MS = 300_000
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Turns what the user wrote into an image that cannot change any more: a name of the library first, then a layout or
 * archive on this machine, then a registry. Unknown images are refused here, at submit.
 */
export class ImageResolver {
  readonly #library: Library
  readonly #blobs: BlobStore
  readonly #inspect: InspectRegistry

  constructor(library: Library, blobs: BlobStore, inspect: InspectRegistry) {
    this.#library = library
    this.#blobs = blobs
    this.#inspect = inspect
  }

  async resolve(name: string): Promise<ImageReference> {
    const outside = await this.#fromFile(name)
    if (outside) return { name, source: 'library:local', digest: outside.digest }
    const { repository, tag } = splitTag(name)
    const entry = await this.#library.image(repository, tag)
    if (entry?.uri === '') return { name, source: `library:${entry.name}`, digest: entry.digest }
    if (entry) return { name, source: entry.uri, digest: entry.digest }
    return this.#fromRegistry(name)
  }

  /** What an entry of the library is to stand for; `uri` is empty for what the OpCenter keeps itself from now on. */
  async lookUp(
    uri: string,
  ): Promise<{ readonly uri: string; readonly digest: string; readonly bytes: number }> {
    const kept = await this.#fromFile(uri)
    if (kept) return { uri: '', ...kept }
    const { source, digest } = await this.#fromRegistry(uri)
    return { uri: source, digest, bytes: 0 }
  }

  /** Takes over a layout or an archive of this machine; nothing when the name is not one of a file. */
  async #fromFile(name: string): Promise<StoredImage | undefined> {
    const local = /^(oci|oci-archive):(\/.+)$/.exec(name)
    if (local) return this.#fromThisMachine(local[1] ?? '', local[2] ?? '')
    if (/^(oci|oci-archive|dir|docker-archive|docker-daemon|containers-storage):/.test(name)) {
      throw invalidArgument(`--image: "${name}"; a file is named as oci:/PATH[:TAG] or oci-archive:/PATH`)
    }
    return undefined
  }

  async #fromThisMachine(transport: string, rest: string): Promise<StoredImage> {
    const [path, reference] = existsSync(rest) ? [rest] : splitReference(rest)
    if (!existsSync(path)) throw invalidArgument(`--image: open ${path}: no such file or directory`)
    return transport === 'oci' ? this.#importLayout(path, reference) : this.#importArchive(path, reference)
  }

  async #importLayout(path: string, reference?: string): Promise<StoredImage> {
    try {
      return await this.#blobs.importLayout(path, { reference })
    } catch (cause) {
      if (cause instanceof UserError) throw cause
      if (NO_ROOM.has(String((cause as NodeJS.ErrnoException).code)))
        throw new UserError(
          'internal',
          `The image ${path} could not be taken in: no room on the disk of this OpCenter. Free some, then submit again`,
          { cause },
        )
      throw new UserError('invalidArgument', `Invalid argument, --image: ${path} is not a whole OCI layout`, {
        cause,
      })
    }
  }

  async #importArchive(path: string, reference?: string): Promise<StoredImage> {
    const folder = await mkdtemp(join(tmpdir(), 'mmcloud-archive-'))
    try {
      await run('tar', ['-xf', path, '-C', folder], { timeout: UNPACK_MS }).catch((cause: unknown) => {
        throw new UserError('invalidArgument', `Invalid argument, --image: ${path} is not an archive`, {
          cause,
        })
      })
      return await this.#importLayout(folder, reference)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async #fromRegistry(name: string): Promise<ImageReference> {
    const source = `docker://${name.replace(/^docker:\/\//, '')}`
    try {
      return { name, source, digest: await this.#inspect(source) }
    } catch (cause) {
      const options = {
        cause,
        detail: cause instanceof Error ? cause.message : String(cause),
        field: 'image',
      }
      if (cause instanceof NoAnswerError)
        throw new UserError(
          'unavailable',
          `--image: "${name}" is not in the library ("float image list"), and ${cause.who} did not answer`,
          options,
        )
      throw new UserError(
        'invalidArgument',
        `Invalid argument, --image: "${name}" is neither in the library ("float image list") nor found in its registry`,
        options,
      )
    }
  }
}

/** `python`, `python:3.13`, `host:5000/a/b:tag`: without a tag it is `latest`. */
export const splitTag = (name: string): { repository: string; tag: string } => {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  return colon < 0
    ? { repository: name, tag: 'latest' }
    : { repository: name.slice(0, colon), tag: name.slice(colon + 1) }
}

const splitReference = (text: string): [path: string, reference?: string] => {
  const colon = text.lastIndexOf(':')
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)]
}
