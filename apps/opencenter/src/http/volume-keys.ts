import { canonicalFlags, isReference, referenceTo, type Submission } from '@mmcloud/contract'
import type { BucketKeys, StorageMount } from '@mmcloud/domain'
import type { Caller } from '../auth/authenticator.ts'
import type { Vault } from '../secrets/vault.ts'

/**
 * Keeps each key of a volume that was written out as a secret of its owner, and puts a reference in its place: what is
 * kept of the job, and told to its worker, holds none.
 */
export const withKeysKept = async (
  vault: Vault,
  submission: Submission,
  caller: Caller,
): Promise<Submission> => {
  if (!submission.mounts) return submission
  const mounts = submission.mounts.map((mount) => withMountKeysKept(vault, mount, caller))
  const kept = { ...submission, mounts: await Promise.all(mounts) }
  return { ...kept, inputArgs: canonicalFlags(kept) }
}

/** The same for one mount. */
export const withMountKeysKept = async (
  vault: Vault,
  mount: StorageMount,
  { user }: Caller,
): Promise<StorageMount> => {
  if (mount.kind !== 's3' || !mount.keys) return mount
  const references = Object.entries(mount.keys).map(
    async ([name, key]) =>
      [name, isReference(key) ? key : referenceTo(await vault.keep(user.name, key))] as const,
  )
  return { ...mount, keys: Object.fromEntries(await Promise.all(references)) as BucketKeys }
}
