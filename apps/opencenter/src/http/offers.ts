import { boundsOf, needSentence, weighOffers } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { readRequest } from './read-request.ts'
import { refuseUnknownSecrets } from './secrets.ts'

export const offerRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, prices, vault } = deps
  endpointRoute(app, authenticator, 'weighOffers', async ({ body, caller }) => {
    const submission = await readRequest(deps, body, caller.user.name)
    await refuseUnknownSecrets(vault, submission, caller)
    const need = boundsOf(submission)
    const weighed = weighOffers(await prices.offers(), need, submission.vmPolicy)
    return {
      need: needSentence(need, submission.vmPolicy),
      // The schema leaves out what processors can do.
      offers: weighed.map((offer) => ({ ...offer })),
    }
  })
}
