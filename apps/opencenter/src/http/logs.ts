import { formatTime, LOG_OFFSET_HEADER, LOG_PAGE_BYTES, LOG_SIZE_HEADER } from '@mmcloud/contract'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { findJob } from './read-job.ts'

/** Reading from an offset is following too: no request is held open. */
export const logRoutes = (app: FastifyInstance, { authenticator, records, logs }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'logs', async ({ params, caller }) => {
    const job = await records.read((view) => findJob(view, params.id, caller))
    const files = await logs.list(job.id)
    return {
      files: files.map(({ name, size, updatedAt }) => ({ name, size, lastUpdate: formatTime(updatedAt) })),
    }
  })
  endpointRoute(app, authenticator, 'logBytes', async ({ params, query, caller, reply }) => {
    const job = await records.read((view) => findJob(view, params.id, caller))
    const page = await logs.read(job.id, params.file, query.offset ?? 0, LOG_PAGE_BYTES)
    reply
      .header('content-type', 'application/octet-stream')
      .header(LOG_OFFSET_HEADER, page.offset)
      .header(LOG_SIZE_HEADER, page.size)
    return page.bytes
  })
}
