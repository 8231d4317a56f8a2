import { existsSync } from 'node:fs'
import { copyFile, link, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
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

  /** Takes over an image of an OCI layout; `reference` picks one by its tag when there are several. Idempotent. */
  async importLayout(layout: string, reference?: string): Promise<StoredImage> {
    const index = indexSchema.parse(JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')))
    const chosen = await choose(layout, index.manifests, reference)
    const manifest = manifestSchema.parse(JSON.parse(await readFile(blobOf(layout, chosen.digest), 'utf8')))
    const parts = [manifest.config, ...manifest.layers]
    // The manifest last: where it lies, the whole image does.
    for (const { digest } of [...parts, chosen]) await this.#take(blobOf(layout, digest), digest)
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

  /** A second name for the file where the file system allows it; blobs never change. */
  async #take(source: string, digest: string): Promise<void> {
    const path = this.#pathOf(digest)
    if (path === undefined || existsSync(path)) return
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = `${path}.new-${process.pid}`
    await rm(temporary, { force: true })
    await link(source, temporary).catch(() => copyFile(source, temporary))
    await rename(temporary, path)
  }
}

const blobOf = (layout: string, digest: string): string => join(layout, 'blobs', ...digest.split(':'))

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
  const nested = indexSchema.parse(JSON.parse(await readFile(blobOf(layout, found.digest), 'utf8')))
  return choose(layout, nested.manifests, undefined)
}
