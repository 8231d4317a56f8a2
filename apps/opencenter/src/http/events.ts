import { formatInstant } from '@mmcloud/contract'
import { reasonSentence } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { findJob } from './read-job.ts'

export const eventRoutes = (app: FastifyInstance, { authenticator, records }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'events', ({ params, query, caller }) =>
    records.read(async (view) => {
      const job = await findJob(view, params.id, caller)
      const events = await view.events(job.id, query.after)
      return {
        events: events.map((event) => ({
          ...event,
          at: formatInstant(event.at),
          numbers: { ...event.numbers },
          sentence: reasonSentence(event.reason, event.numbers),
        })),
      }
    }),
  )
}
