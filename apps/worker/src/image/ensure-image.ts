import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContainerSpec } from '@mmcloud/contract'
import { z } from 'zod'
import { exec } from '../system/exec.ts'
import { withFileLock } from '../system/file-lock.ts'
import { type ImageConfig, imageConfigSchema } from './image-config.ts'
import { copyArguments, type ImageAccess } from './image-source.ts'

export type { ImageAccess } from './image-source.ts'

const digestRef = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })
const indexSchema = z.object({ manifests: z.array(digestRef).min(1) })
const manifestSchema = z.object({ config: digestRef })
const blobSchema = z.object({ config: imageConfigSchema.nullish() })

export type LocalImage = { readonly rootfs: string; readonly config: ImageConfig }

/** The unpacked image of that digest; copied and unpacked first when no instance of this store has done so yet. */
export const ensureImage = async (
  access: ImageAccess,
  image: ContainerSpec['image'],
): Promise<LocalImage> => {
  digestRef.parse({ digest: image.digest })
  const home = join(access.store, image.digest)
  if (!existsSync(home)) await unpackOnce(access, image, home)
  const config = imageConfigSchema.parse(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')))
  return { rootfs: join(home, 'rootfs'), config }
}

/** Longer than a large image takes; whoever waits does so in vain only where another hangs. */
const PATIENCE_MS = 300_000

/** Instances of a local cloud share the store: fifty that begin at once would unpack the same image fifty times. */
const unpackOnce = async (
  access: ImageAccess,
  image: ContainerSpec['image'],
  home: string,
): Promise<void> => {
  await mkdir(access.store, { recursive: true })
  await withFileLock(join(access.store, `.lock-${image.digest}`), PATIENCE_MS, async () => {
    if (!existsSync(home)) await unpack(access, image, home)
  })
}

/** Whoever renames first wins; the other throws its copy away. */
const unpack = async (access: ImageAccess, image: ContainerSpec['image'], home: string): Promise<void> => {
  const temporary = mkdtempSync(join(access.store, '.unpack-'))
  try {
    const layout = join(temporary, 'layout')
    await exec('skopeo', [...copyArguments(access, image, temporary), `oci:${layout}:image`])
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

const configOf = (layout: string): ImageConfig => {
  const read = (digest: string): unknown =>
    JSON.parse(readFileSync(join(layout, 'blobs', ...digest.split(':')), 'utf8'))
  const index = indexSchema.parse(JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')))
  const manifest = manifestSchema.parse(read(index.manifests[0]!.digest))
  return blobSchema.parse(read(manifest.config.digest)).config ?? {}
}
