import { createHash, randomUUID } from 'node:crypto'
import { constants, createReadStream, existsSync } from 'node:fs'
import { copyFile, link, mkdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UserError } from '@mmcloud/domain'
import { z } from 'zod'

const DIGEST = /^sha256:[0-9a-f]{64}$/
const MANIFEST_LIST = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
])

const descriptor = z.object({
  mediaType: z.string().optional(),
  digest: z.string().regex(DIGEST),
  size: z.number(),
  platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
})
type Descriptor = z.infer<typeof descriptor>
const indexSchema = z.object({ manifests: z.array(descriptor) })
const manifestSchema = z.object({
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
})

export type ImportOptions = {
  readonly reference?: string | undefined
  /**
   * Set-up has written the layout, and nobody writes into its files: a second name for them will do, where the file system
   * allows one, and they are not read again (2 s of each first start). A worker verifies what it pulls.
   */
  readonly neverChanges?: boolean
}
export type StoredImage = { readonly digest: string; readonly bytes: number }

/** Blobs of images that the OpCenter keeps itself, by digest: what workers pull from its registry. */
export class BlobStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Where a blob lies, or nothing when it is not kept (or is none). */
  path(digest: string): string | undefined {
    const path = this.#pathOf(digest)
    return path !== undefined && existsSync(path) ? path : undefined
  }

  /**
   * Takes over an image of an OCI layout; `reference` picks one by its tag when there are several. Idempotent. Refuses
   * bytes that are not what their digest says, and links that lead out of the layout.
   */
  async importLayout(
    layout: string,
    { reference, neverChanges = false }: ImportOptions = {},
  ): Promise<StoredImage> {
    const index = indexSchema.parse(
      JSON.parse(await readFile(await fileWithin(layout, 'index.json'), 'utf8')),
    )
    const chosen = await choose(layout, index.manifests, reference)
    const manifest = manifestSchema.parse(await readBlob(layout, chosen.digest))
    const parts = [manifest.config, ...manifest.layers]
    // The manifest last: where it lies, the whole image does.
    for (const { digest } of [...parts, chosen]) await this.#take(layout, digest, neverChanges)
    return { digest: chosen.digest, bytes: parts.reduce((sum, { size }) => sum + size, 0) }
  }

  /** The media type of a manifest kept here. */
  async mediaType(digest: string): Promise<string> {
    const path = this.path(digest)
    const manifest =
      path === undefined ? undefined : manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    return manifest?.mediaType ?? 'application/vnd.oci.image.manifest.v1+json'
  }

  #pathOf(digest: string): string | undefined {
    return DIGEST.test(digest) ? join(this.#folder, digest.slice('sha256:'.length)) : undefined
  }

  /** A copy is verified where it lies with us, and shares its blocks where the file system can. */
  async #take(layout: string, digest: string, neverChanges: boolean): Promise<void> {
    const path = this.#pathOf(digest)
    if (path === undefined || existsSync(path)) return
    const source = await fileWithin(layout, blobOf(digest))
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = `${path}.new-${randomUUID()}`
    try {
      const copy = async (): Promise<void> => {
        await copyFile(source, temporary, constants.COPYFILE_FICLONE)
        await verify(createReadStream(temporary, { highWaterMark: 2 ** 20 }), digest)
      }
      await (neverChanges ? link(source, temporary).catch(copy) : copy())
      await rename(temporary, path)
    } finally {
      await rm(temporary, { force: true })
    }
  }
}

const blobOf = (digest: string): string => join('blobs', ...digest.split(':'))

const readBlob = async (layout: string, digest: string): Promise<unknown> => {
  const bytes = await readFile(await fileWithin(layout, blobOf(digest)))
  await verify(Readable.from([bytes]), digest)
  return JSON.parse(bytes.toString('utf8'))
}

/** A file of the layout; a link may only lead to another one, since the layout is of anybody's making. */
const fileWithin = async (layout: string, name: string): Promise<string> => {
  const [root, path] = [await realpath(layout), await realpath(join(layout, name))]
  if (path.startsWith(`${root}/`) && (await stat(path)).isFile()) return path
  throw new UserError(
    'invalidArgument',
    `Invalid argument, --image: ${name} of ${layout} is no file of that layout`,
  )
}

const verify = async (bytes: Readable, digest: string): Promise<void> => {
  const hash = createHash('sha256')
  await pipeline(bytes, hash)
  if (`sha256:${hash.digest('hex')}` === digest) return
  throw new UserError(
    'invalidArgument',
    `Invalid argument, --image: the bytes of ${digest} are not what it says`,
  )
}

/** Down to the manifest of one image for this machine's kind of processor. */
const choose = async (
  layout: string,
  manifests: readonly Descriptor[],
  reference: string | undefined,
): Promise<Descriptor> => {
  const tagged = manifests.filter(
    ({ annotations }) =>
      reference === undefined || annotations?.['org.opencontainers.image.ref.name'] === reference,
  )
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const fitting = tagged.filter(
    ({ platform }) =>
      platform === undefined || (platform.os === 'linux' && platform.architecture === architecture),
  )
  const [found] = fitting
  if (!found || (reference === undefined && fitting.length > 1)) {
    throw new UserError(
      'invalidArgument',
      `Invalid argument, ${layout} holds ${fitting.length} images${reference === undefined ? '' : ` tagged ${reference}`} for ${architecture}; name one as oci:PATH:TAG`,
    )
  }
  if (!MANIFEST_LIST.has(found.mediaType ?? '')) return found
  const nested = indexSchema.parse(await readBlob(layout, found.digest))
  return choose(layout, nested.manifests, undefined)
}
