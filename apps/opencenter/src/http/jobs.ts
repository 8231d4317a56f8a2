import { randomInt } from 'node:crypto'
import { parseListFilters, readSubmission, type SubmitBody } from '@mmcloud/contract'
import type { Instance, Job, JobSpec, Volume } from '@mmcloud/domain'
import type { RecordsView } from '@mmcloud/engine'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import { splitTag } from '../images/image-resolver.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { jobColumns, jobSummary, jobView } from './job-view.ts'
import { maySee, showJob, viewOf } from './read-job.ts'
import { refuseUnknownSecrets } from './secrets.ts'

export const jobRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, commands } = deps
  const always = () => ({ volumePricePerGBMonth: deps.prices.volumePricePerGBMonth, now: deps.now() })
  endpointRoute(app, authenticator, 'submitJob', async ({ body, caller }) => {
    const spec = await jobSpec(deps, body)
    await refuseUnknownSecrets(deps.vault, spec.env, caller)
    const job = await commands.submit(spec, caller.user.name)
    return records.read((view) => viewOf(deps, view, job))
  })
  endpointRoute(app, authenticator, 'job', ({ params, caller }) => showJob(deps, params.id, caller))
  endpointRoute(app, authenticator, 'cancelJob', async ({ params, caller }) => {
    const { id } = await showJob(deps, params.id, caller)
    await commands.cancel(id as Job['id'], caller.user.name)
    return showJob(deps, id, caller)
  })
  endpointRoute(app, authenticator, 'jobPages', async ({ query, caller }) => ({
    Jobs: await records.read(async (view) => {
      const found = await selectJobs(view, query, caller, 'all')
      return Promise.all(
        found.map(async (facts) => {
          const checkpoints = (await view.checkpoints(facts.job.id)).length
          return jobView({ ...facts, ...always(), checkpoints })
        }),
      )
    }),
  }))
  endpointRoute(app, authenticator, 'jobSummaries', async ({ query, caller }) => ({
    jobs: await records.read(async (view) => {
      const found = await selectJobs(view, query, caller, 'live')
      return found.map((facts) => jobSummary({ ...facts, ...always() }))
    }),
  }))
}

const NAME_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Everything a client sent, read and made complete; what cannot be is refused here. */
const jobSpec = async ({ images }: ApiDeps, body: SubmitBody): Promise<JobSpec> => {
  const { imageName, ...submission } = readSubmission(body)
  const image = await images.resolve(imageName)
  const { repository } = splitTag(imageName.replace(/@sha256:.*$/, ''))
  const base = repository.slice(repository.lastIndexOf('/') + 1)
  const letters = Array.from({ length: 6 }, () => NAME_LETTERS[randomInt(NAME_LETTERS.length)]).join('')
  const name = `${base}-${letters}-${submission.instanceType ?? 'any'}`
  return { name, ...submission, image }
}

type ListQuery = { readonly filter?: string | string[] | undefined; readonly limit?: number | undefined }
export type Found = {
  readonly job: Job
  readonly instances: readonly Instance[]
  readonly volumes: readonly Volume[]
}

/** Jobs that pass the filters, newest first, with their instances and volumes; `live`: only those that are not gone. */
export const selectJobs = async (
  view: RecordsView,
  query: ListQuery,
  caller: Caller,
  wanted: 'live' | 'all',
): Promise<readonly Found[]> => {
  const passes = parseListFilters(query.filter === undefined ? [] : [query.filter].flat())
  const instances = Map.groupBy(
    await view.instances(wanted === 'live' ? { live: true } : {}),
    (instance) => instance.jobId,
  )
  const volumes = Map.groupBy(
    await view.volumes(wanted === 'live' ? { live: true } : {}),
    (volume) => volume.jobId,
  )
  const jobs = await view.jobs({})
  return jobs
    .filter((job) => maySee(caller, job))
    .map((job) => ({ job, instances: instances.get(job.id) ?? [], volumes: volumes.get(job.id) ?? [] }))
    .filter((found) => passes(jobColumns(found.job, found.instances)))
    .slice(0, query.limit ?? Infinity)
}
