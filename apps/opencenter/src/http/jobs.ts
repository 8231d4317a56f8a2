import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { jobSummary, jobView } from './job-view.ts'
import { findJobToChange, showJob, viewOf } from './read-job.ts'
import { completed, readRequest, refuseHooks } from './read-request.ts'
import { refuseUnknownSecrets } from './secrets.ts'
import { selectJobs } from './select-jobs.ts'
import { submitOnce } from './submit-once.ts'
import { withKeysKept } from './volume-keys.ts'

export const jobRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, commands } = deps
  const always = () => ({ volumePricePerGBMonth: deps.prices.volumePricePerGBMonth, now: deps.now() })
  endpointRoute(app, authenticator, 'submitJob', async ({ body, caller, headers, address }) => {
    const user = caller.user.name
    const once = submitOnce(headers, user, body)
    const made = once && (await commands.submitted(once))
    if (made) return records.read((view) => viewOf(deps, view, made))
    const submission = await readRequest(deps, body, user)
    await refuseUnknownSecrets(deps.vault, submission, caller)
    refuseHooks(submission, caller)
    const kept = await withKeysKept(deps.vault, submission, caller)
    const spec = await completed(deps, kept, caller, address)
    const job = await commands.submit(spec, user, once)
    return records.read((view) => viewOf(deps, view, job))
  })
  endpointRoute(app, authenticator, 'job', ({ params, caller }) => showJob(deps, params.id, caller))
  endpointRoute(app, authenticator, 'cancelJob', async ({ params, caller }) => {
    const { id } = await records.read((view) => findJobToChange(view, params.id, caller))
    await commands.cancel(id, caller.user.name)
    return showJob(deps, id, caller)
  })
  endpointRoute(app, authenticator, 'jobPages', ({ query, caller }) =>
    records.read(async (view) => {
      const { found, ...more } = await selectJobs(view, query, caller, 'all')
      const jobs = found.map(async (facts) => {
        const checkpoints = (await view.checkpoints(facts.job.id)).length
        return jobView({ ...facts, ...always(), checkpoints, gatewayHost: deps.gatewayHost })
      })
      return { Jobs: await Promise.all(jobs), ...more }
    }),
  )
  endpointRoute(app, authenticator, 'jobSummaries', ({ query, caller }) =>
    records.read(async (view) => {
      const { found, ...more } = await selectJobs(view, query, caller, 'live')
      return { jobs: found.map((facts) => jobSummary({ ...facts, ...always() })), ...more }
    }),
  )
}
