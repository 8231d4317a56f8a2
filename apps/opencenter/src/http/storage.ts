import {
  formatDataVolume,
  parseStorage,
  parseStorageUse,
  type Submission,
  type SubmitBody,
  volumeForUse,
} from '@mmcloud/contract'
import { invalidArgument, notFound, UserError } from '@mmcloud/domain'
import type { Storages } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { refuseUnknownSecrets } from './secrets.ts'
import { withMountKeysKept } from './volume-keys.ts'

/** Volumes under a name: everybody has their own. */
export const storageRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, storages, vault } = deps
  endpointRoute(app, authenticator, 'storages', async ({ caller }) => ({
    storage: (await storages.of(caller.user.name)).map(({ name, volume }) => ({ name, volume })),
  }))
  endpointRoute(app, authenticator, 'registerStorage', async ({ body, caller }) => {
    const { name, replace = false } = body
    const asked = parseStorage(body.volume)
    await refuseUnmountable(deps, { mounts: [asked] })
    await refuseUnknownSecrets(vault, { env: {}, mounts: [asked] }, caller)
    const volume = formatDataVolume(await withMountKeysKept(vault, asked, caller))
    const storage = { user: caller.user.name, name, volume }
    if (replace) await storages.put(storage)
    else if (!(await storages.add(storage)))
      throw new UserError('conflict', `You have a storage ${name} already; --replace replaces it`)
    return { name, volume }
  })
  endpointRoute(app, authenticator, 'deleteStorage', async ({ params: { name }, caller }) => {
    if (!(await storages.remove(caller.user.name, name))) throw notFound(`storage ${name}`)
    return { name }
  })
}

/** Refuses what no instance of this cloud could mount. */
export const refuseUnmountable = async (
  { mountsNfs }: Pick<ApiDeps, 'mountsNfs'>,
  { mounts = [] }: Pick<Submission, 'mounts'>,
): Promise<void> => {
  if (!mounts.some(({ kind }) => kind === 'nfs') || (await mountsNfs())) return
  throw new UserError(
    'notSupported',
    '--dataVolume: nfs:// cannot be had here: the kernel of the instances has no client for NFS',
    { field: 'dataVolume' },
  )
}

/** A request with the volumes that it names by `storage` written out: from here on they are like any other. */
export const withStorage = async (
  storages: Storages,
  { storage, ...body }: SubmitBody,
  user: string,
): Promise<SubmitBody> => {
  const uses = (storage ?? []).flatMap((text) => parseStorageUse(text) ?? [])
  if (uses.length === 0) return body
  const registered = new Map((await storages.of(user)).map(({ name, volume }) => [name, volume]))
  const volumes = uses.map((use) => {
    const volume = registered.get(use.name)
    if (volume !== undefined) return volumeForUse(volume, use)
    throw invalidArgument(`--storage: you have no storage ${use.name}; "float storage list" shows yours`)
  })
  return { ...body, dataVolumes: [...(body.dataVolumes ?? []), ...volumes] }
}
