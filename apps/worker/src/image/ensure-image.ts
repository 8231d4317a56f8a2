import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { exec } from '../system/exec.ts'
import { type ImageConfig, imageConfigSchema } from './image-config.ts'

const digestRef = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })
const indexSchema = z.object({ manifests: z.array(digestRef).min(1) })
const manifestSchema = z.object({ config: digestRef })
const blobSchema = z.object({ config: imageConfigSchema.nullish() })

export type ImageAccess = {
  readonly store: string
  readonly openCenterUrl: string
  readonly certificate: string
  readonly instanceId: string
  readonly credential: () => string | undefined
}

export type LocalImage = { readonly rootfs: string; readonly config: ImageConfig }

/** The unpacked image of that digest; copied and unpacked first when no instance of this store has done so yet. */
export const ensureImage = async (
  access: ImageAccess,
  image: { source: string; digest: string },
): Promise<LocalImage> => {
  digestRef.parse({ digest: image.digest })
  const home = join(access.store, image.digest)
  if (!existsSync(home)) await unpack(access, image, home)
  const config = imageConfigSchema.parse(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')))
  return { rootfs: join(home, 'rootfs'), config }
}

/** Whoever renames first wins; the other throws its copy away. */
const unpack = async (
  access: ImageAccess,
  image: { source: string; digest: string },
  home: string,
): Promise<void> => {
  await mkdir(access.store, { recursive: true })
  const temporary = mkdtempSync(join(access.store, '.unpack-'))
  try {
    const layout = join(temporary, 'layout')
    await exec('skopeo', [...(await copyArguments(access, image, temporary)), `oci:${layout}:image`])
    const bundle = join(temporary, 'bundle')
    await exec('umoci', ['unpack', '--image', `${layout}:image`, bundle])
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(configOf(layout)))
    try {
      renameSync(bundle, home)
    } catch (error) {
      if (!existsSync(home)) throw error
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

const copyArguments = async (
  access: ImageAccess,
  { source, digest }: { source: string; digest: string },
  temporary: string,
): Promise<string[]> => {
  const library = /^library:([a-z0-9._/-]+)/.exec(source)
  if (!library) return ['copy', '--quiet', withDigest(source, digest)]
  const credential = access.credential()
  if (!credential) throw new Error('The app library cannot be read before the worker has joined')
  const host = new URL(access.openCenterUrl).host
  const certificates = join(temporary, 'certificates')
  await mkdir(certificates)
  writeFileSync(join(certificates, 'ca.crt'), access.certificate)
  const auth = Buffer.from(`${access.instanceId}:${credential}`).toString('base64')
  const authFile = join(temporary, 'auth.json')
  writeFileSync(authFile, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 })
  return [
    'copy',
    '--quiet',
    '--authfile',
    authFile,
    '--src-cert-dir',
    certificates,
    `docker://${host}/library/${library[1]!}@${digest}`,
  ]
}

/** A registry's name is pinned to the digest found at submit; layouts and archives are what they are. */
const withDigest = (source: string, digest: string): string => {
  const transport = /^(docker|oci|oci-archive|docker-archive|dir):/.exec(source)
  if (transport && transport[1] !== 'docker') return source
  const name = source.replace(/^docker:\/\//, '').replace(/@sha256:.*$/, '')
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  return `docker://${colon < 0 ? name : name.slice(0, colon)}@${digest}`
}

const configOf = (layout: string): ImageConfig => {
  const read = (digest: string): unknown =>
    JSON.parse(readFileSync(join(layout, 'blobs', ...digest.split(':')), 'utf8'))
  const index = indexSchema.parse(JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')))
  const manifest = manifestSchema.parse(read(index.manifests[0]!.digest))
  return blobSchema.parse(read(manifest.config.digest)).config ?? {}
}
