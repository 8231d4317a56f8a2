import { readSubmission } from '@mmcloud/contract'
import { boundsOf, needSentence, weighOffers } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

export const offerRoutes = (app: FastifyInstance, { authenticator, prices }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'weighOffers', async ({ body }) => {
    const submission = readSubmission(body)
    const need = boundsOf(submission)
    const weighed = weighOffers(await prices.offers(), need, submission.vmPolicy)
    return {
      need: needSentence(need, submission.vmPolicy),
      // The schema leaves out what processors can do.
      offers: weighed.map((offer) => ({ ...offer })),
    }
  })
}
