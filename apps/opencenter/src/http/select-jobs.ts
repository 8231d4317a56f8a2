import { parseListFilters } from '@mmcloud/contract'
import { type Instance, type Job, type JobId, notFound, type Volume } from '@mmcloud/domain'
import type { RecordsView } from '@mmcloud/engine'
import type { Caller } from '../auth/authenticator.ts'
import { filterableOf } from './job-view.ts'
import { maySee } from './read-job.ts'

export type ListQuery = {
  readonly filter?: string | string[] | undefined
  readonly limit?: number | undefined
  readonly after?: string | undefined
}

/** A job with all it has had, or, in short, with what it has now. */
export type Found = {
  readonly job: Job
  readonly instances: readonly Instance[]
  readonly volumes: readonly Volume[]
}

/** One page of a list. */
export type Selection = {
  readonly found: readonly Found[]
  /** What to go on after; absent at the end. */
  readonly next?: JobId
}

/**
 * Jobs that the caller may see and that pass the filters, newest first. `live`: of their instances and volumes only those
 * that are not gone. Only the jobs of the page are read; the filters ask the index.
 */
export const selectJobs = async (
  view: RecordsView,
  query: ListQuery,
  caller: Caller,
  wanted: 'live' | 'all',
): Promise<Selection> => {
  const passes = parseListFilters(query.filter === undefined ? [] : [query.filter].flat())
  const instances = byJob(await view.instances({ live: true }))
  const index = await view.jobIndex()
  // What was last seen may pass no longer: its place in the whole list stays.
  const seen = query.after === undefined ? -1 : index.findIndex(({ id }) => id === query.after)
  if (query.after !== undefined && seen < 0) throw notFound(`job ${query.after}`)
  const passing = index
    .slice(seen + 1)
    .filter((entry) => maySee(caller, entry) && passes(filterableOf(entry, instances.get(entry.id) ?? [])))
  const page = passing.slice(0, query.limit).map(({ id }) => id)
  const more = page.length < passing.length
  return { found: await read(view, page, instances, wanted), ...(more ? { next: page.at(-1)! } : {}) }
}

/** Up to so many jobs are asked for by name; of more, all are read. */
const MOST_NAMED = 1000

const read = async (
  view: RecordsView,
  ids: readonly JobId[],
  present: ByJob<Instance>,
  wanted: 'live' | 'all',
): Promise<readonly Found[]> => {
  const named = ids.length <= MOST_NAMED
  const jobs = new Map((await view.jobs(named ? { ids } : {})).map((job) => [job.id, job]))
  const had = wanted === 'all' && !named ? byJob(await view.instances({})) : present
  const disks = byJob(await view.volumes(wanted === 'all' && !named ? {} : { live: true }))
  return Promise.all(
    ids.map(async (id) =>
      wanted === 'all' && named
        ? {
            job: jobs.get(id)!,
            instances: await view.instances({ job: id }),
            volumes: await view.volumes({ job: id }),
          }
        : { job: jobs.get(id)!, instances: had.get(id) ?? [], volumes: disks.get(id) ?? [] },
    ),
  )
}

type ByJob<T> = ReadonlyMap<JobId | undefined, readonly T[]>
const byJob = <T extends { readonly jobId?: JobId }>(items: readonly T[]): ByJob<T> =>
  Map.groupBy(items, ({ jobId }) => jobId)
