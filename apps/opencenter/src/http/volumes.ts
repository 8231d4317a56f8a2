import type { VolumeView } from '@mmcloud/contract'
import { type Job, notFound, type Volume } from '@mmcloud/domain'
import { jobWith, type RecordsView } from '@mmcloud/engine'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

/** Disks that users keep. Nobody but their user and admins meets them. */
export const volumeRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, disks } = deps
  const view = (volume: Volume, job: Job | undefined): VolumeView => ({
    id: volume.id,
    name: volume.name ?? '',
    user: volume.keptFor ?? '',
    sizeGB: volume.sizeGB,
    ...(job ? { job: job.id } : {}),
    pricePerMonth: volume.sizeGB * deps.prices.volumePricePerGBMonth,
  })
  endpointRoute(app, authenticator, 'volumes', ({ caller }) =>
    records.read(async (all) => ({
      volumes: await Promise.all(
        (await keptDisks(all, caller)).map(async (disk) => view(disk, await jobWith(all, disk))),
      ),
    })),
  )
  endpointRoute(app, authenticator, 'createVolume', async ({ body: { sizeGB, name }, caller }) => {
    const wanted = { sizeGB, ...(name === undefined ? {} : { name }) }
    return view(await disks.create(caller.user.name, wanted), undefined)
  })
  endpointRoute(app, authenticator, 'deleteVolume', async ({ params: { id }, caller }) => {
    const disk = await records.read(async (all) =>
      (await keptDisks(all, caller)).find((each) => each.id === id),
    )
    if (!disk) throw notFound(`volume ${id}`)
    await disks.delete(disk.id)
    return { id }
  })
}

/** Those that the caller may see, by id. */
const keptDisks = async (view: RecordsView, { user }: Caller): Promise<readonly Volume[]> =>
  (await view.volumes({ live: true }))
    .filter(({ keptFor }) => keptFor !== undefined && (user.role === 'admin' || keptFor === user.name))
    .toSorted((a, b) => a.id.localeCompare(b.id))
