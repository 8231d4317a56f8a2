import { formatTime } from '@mmcloud/contract'
import type { HealthRow, Instance } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps, HealthSource } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

export const healthRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, health, version } = deps
  endpointRoute(app, authenticator, 'version', async () => ({ version }))
  endpointRoute(app, authenticator, 'status', () =>
    records.read(async (view) => ({
      version,
      licenseStatus: 'valid' as const,
      startTime: formatTime(deps.startedAt),
      jobs: await view.jobCounts(),
      instances: (await view.instances({ live: true })).length,
    })),
  )
  endpointRoute(app, authenticator, 'settings', async () => ({ settings: [...deps.settings] }))
  endpointRoute(app, authenticator, 'health', async () => {
    const instances = await records.read((view) => view.instances({ live: true }))
    const ready = instances.filter(({ state }) => state === 'ready')
    const [openCenter, workers] = await Promise.all([
      health.openCenter(),
      Promise.all(ready.map((instance) => workerHealth(health, instance))),
    ])
    return { openCenter: [...openCenter], workers }
  })
}

const workerHealth = async (health: HealthSource, instance: Instance) => ({
  instance: instance.id,
  instanceType: instance.offer.instanceType,
  job: instance.jobId,
  rows: [...(await health.worker(instance.id).catch(() => [SILENT]))],
})

const SILENT: HealthRow = {
  name: 'worker',
  status: 'failed',
  found: 'it does not answer',
  fix: 'wait for it to come back; a worker that died is started again on its instance',
}
