import { UserError } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { findJob } from './read-job.ts'

export const inspectionRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, inspect } = deps
  endpointRoute(app, authenticator, 'inspection', async ({ params, caller }) => {
    const { id, status, residence } = await records.read((view) => findJob(view, params.id, caller))
    if (residence.kind !== 'running')
      throw new UserError('conflict', `job ${id} is ${status}: it runs on no instance now`)
    try {
      return await inspect(residence.instance)
    } catch (cause) {
      throw new UserError('conflict', `the worker of job ${id} does not answer now; try again`, { cause })
    }
  })
}
