import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number }

/**
 * Writes an OCI image layout of these layers, the lowest first, into `layout`, tag `latest`; the tars become blobs and are moved.
 * Nothing in it depends on the time or the place of the build: same layer, same digest. Layers are not compressed:
 * they never travel, and unpacking is all that happens to them.
 */
export const writeOciLayout = async (
  layout: string,
  layerTars: readonly string[],
  image: { readonly command: readonly string[]; readonly env: readonly string[] },
): Promise<void> => {
  const blobs = join(layout, 'blobs', 'sha256')
  mkdirSync(blobs, { recursive: true })

  const layers: Descriptor[] = []
  for (const tar of layerTars) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(tar), hash)
    const digest = hash.digest('hex')
    const { size } = statSync(tar)
    renameSync(tar, join(blobs, digest))
    layers.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${digest}`, size })
  }

  const put = (mediaType: string, content: object): Descriptor => {
    const bytes = Buffer.from(JSON.stringify(content))
    const digest = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(blobs, digest), bytes)
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length }
  }
  const config = put('application/vnd.oci.image.config.v1+json', {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: image.command, Env: image.env, WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  })
  const manifest = put('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers,
  })
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'latest' } }],
    }),
  )
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
}

/** The files of the layers of a layout written here, the lowest first. */
export const layersOf = (layout: string): string[] => {
  const blob = (digest = ''): string => join(layout, 'blobs', digest.replace(':', '/'))
  const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T
  const index = read<{ manifests: readonly Descriptor[] }>(join(layout, 'index.json'))
  const manifest = read<{ layers: readonly Descriptor[] }>(blob(index.manifests[0]?.digest))
  return manifest.layers.map(({ digest }) => blob(digest))
}
