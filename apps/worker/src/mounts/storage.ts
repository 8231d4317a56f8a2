import { mkdirSync, readdirSync } from 'node:fs'
import { secretsIn, type StorageMountParams, withSecrets } from '@mmcloud/contract'
import type { FetchSecret } from '../secrets/fetch-secret.ts'
import { exec } from '../system/exec.ts'
import { isMounted } from '../volumes/volumes.ts'
import { mountBucket } from './bucket.ts'
import { mountExport } from './nfs.ts'
import type { BucketParams } from './s3fs.ts'

const FOLDER = '/mnt'
const PREFIX = 'storage-'

/** Storage that is mounted on the instance, to be bound into the container. */
export type MountedStorage = {
  readonly path: string
  readonly mountPoint: string
  readonly mode: 'r' | 'rw'
}

/**
 * Mounts what the job has beside its volumes, anew: outside the container, so that a checkpoint holds nothing of it. Throws a
 * sentence for a person, which never holds a key; what was mounted before it stays until `unmountStorage`.
 */
export const mountStorage = async (
  mounts: readonly StorageMountParams[],
  fetchSecret: FetchSecret,
): Promise<readonly MountedStorage[]> => {
  await unmountStorage()
  const mounted: MountedStorage[] = []
  for (const [index, mount] of mounts.entries()) {
    const path = `${FOLDER}/${PREFIX}${index}`
    mkdirSync(path, { recursive: true })
    if (mount.kind === 'nfs') await mountExport(mount, path)
    else await mountBucket({ ...mount, keys: await keysOf(mount, fetchSecret) }, path)
    mounted.push({ path, mountPoint: mount.mountPoint, mode: mount.mode })
  }
  return mounted
}

/** Everything that the job has written lies in the storage afterwards. */
export const unmountStorage = async (): Promise<void> => {
  const paths = readdirSync(FOLDER)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => `${FOLDER}/${name}`)
  for (const path of paths) if (isMounted(path)) await exec('umount', [path])
}

const keysOf = async ({ keys }: BucketParams, fetchSecret: FetchSecret): Promise<BucketParams['keys']> => {
  if (!keys) return undefined
  const references = keys as Record<string, string>
  const values = secretsIn(references).map(async (name) => [name, await fetchSecret(name)] as const)
  return withSecrets(references, new Map(await Promise.all(values))) as typeof keys
}
