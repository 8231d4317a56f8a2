import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number }

/**
 * Writes an OCI image layout of one layer into `layout`, tag `latest`; the tar becomes its layer blob and is moved.
 * Nothing in it depends on the time or the place of the build: same layer, same digest. Layers are not compressed:
 * they never travel, and unpacking is all that happens to them.
 */
export const writeOciLayout = async (
  layout: string,
  layerTar: string,
  image: { readonly command: readonly string[]; readonly env: readonly string[] },
): Promise<void> => {
  const blobs = join(layout, 'blobs', 'sha256')
  mkdirSync(blobs, { recursive: true })

  const hash = createHash('sha256')
  await pipeline(createReadStream(layerTar), hash)
  const layerDigest = hash.digest('hex')
  const layer: Descriptor = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: `sha256:${layerDigest}`,
    size: statSync(layerTar).size,
  }
  renameSync(layerTar, join(blobs, layerDigest))

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
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  })
  const manifest = put('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: [layer],
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
