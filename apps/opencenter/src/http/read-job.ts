import {
  isJobId,
  type Job,
  mayChangeJobsOf,
  maySeeJobsOf,
  notFound,
  type Person,
  UserError,
} from '@mmcloud/domain'
import type { JobView } from '@mmcloud/contract'
import type { RecordsView } from '@mmcloud/engine'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { jobView } from './job-view.ts'

/** The job, if there is one and the caller may see it; `Resource not found` otherwise, whatever was sent as its id. */
export const findJob = async (view: RecordsView, id: string, caller: Caller): Promise<Job> => {
  const job = isJobId(id) ? await view.job(id) : undefined
  if (!job || !maySee(caller, job)) throw notFound(`job ${id}`)
  return job
}

/** The job, if the caller may also change it. A job that is seen and belongs to somebody else is `forbidden`. */
export const findJobToChange = async (view: RecordsView, id: string, caller: Caller): Promise<Job> => {
  const job = await findJob(view, id, caller)
  if (mayChangeJobsOf(personOf(caller), job.user)) return job
  throw new UserError('forbidden', `Job ${id} is ${job.user}'s; ${job.user} or an admin may do this`)
}

export const maySee = (caller: Caller, owned: { readonly user: string }): boolean =>
  maySeeJobsOf(personOf(caller), owned.user)

const personOf = ({ user, colleagues }: Caller): Person => ({ ...user, colleagues })

/** A job whole, from one consistent look at the records. */
export const viewOf = async (
  { prices, gatewayHost, now }: Pick<ApiDeps, 'prices' | 'gatewayHost' | 'now'>,
  view: RecordsView,
  job: Job,
): Promise<JobView> =>
  jobView({
    job,
    instances: await view.instances({ job: job.id }),
    volumes: await view.volumes({ job: job.id }),
    volumePricePerGBMonth: prices.volumePricePerGBMonth,
    checkpoints: (await view.checkpoints(job.id)).length,
    gatewayHost,
    now: now(),
  })

export const showJob = (deps: ApiDeps, id: string, caller: Caller): Promise<JobView> =>
  deps.records.read(async (view) => viewOf(deps, view, await findJob(view, id, caller)))
