import { formatTime, type Host } from '@mmcloud/contract'
import type { Instance, Job } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { maySee } from './read-job.ts'

export const hostRoutes = (app: FastifyInstance, { authenticator, records }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'hosts', ({ caller }) =>
    records.read(async (view) => {
      const hosts: Host[] = []
      for (const instance of await view.instances({ live: true })) {
        const job = await view.job(instance.jobId)
        if (job && instance.state !== 'gone' && maySee(caller, job)) {
          hosts.push(hostView({ ...instance, state: instance.state }, job))
        }
      }
      return { hosts }
    }),
  )
}

const hostView = (instance: Instance & { readonly state: Host['state'] }, job: Job): Host => ({
  id: instance.id,
  address: instance.address ?? '',
  instanceType: instance.offer.instanceType,
  cpu: instance.offer.cpu,
  memGB: instance.offer.memGB,
  market: instance.offer.market,
  pricePerHour: instance.offer.pricePerHour,
  state: instance.state,
  job: job.id,
  jobName: job.spec.name,
  launchTime: formatTime(instance.requestedAt),
  ...(instance.interruptionAt === undefined ? {} : { interruptionTime: formatTime(instance.interruptionAt) }),
})
