import { parseInstant } from '@mmcloud/contract'
import { addCosts, invalidArgument, jobCost, type PriceList } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { type Found, selectJobs } from './select-jobs.ts'
import { findJob } from './read-job.ts'

/** What jobs cost, live, and what that saved. */
export const costRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, prices, now } = deps
  const priceList = async (): Promise<PriceList> => ({
    onDemandPerHour: await prices.onDemandPerHour(),
    volumePricePerGBMonth: prices.volumePricePerGBMonth,
  })
  endpointRoute(app, authenticator, 'jobCost', async ({ params, caller }) => {
    const list = await priceList()
    const { job, instances, volumes } = await records.read(async (view) => {
      const found = await findJob(view, params.id, caller)
      const mine = { job: found.id }
      return { job: found, instances: await view.instances(mine), volumes: await view.volumes(mine) }
    })
    const hint = await deps.watcher.sizeHint(job)
    return {
      id: job.id,
      name: job.spec.name,
      ...jobCost(instances, volumes, list, now()),
      ...(hint ? { hint: { ...hint, cpu: { ...hint.cpu }, memGB: { ...hint.memGB } } } : {}),
    }
  })
  endpointRoute(app, authenticator, 'costs', async ({ query, caller }) => {
    const keyOf = readBy(query.by ?? 'job')
    const since = query.since ? parseInstant(query.since, '--since') : 0
    const list = await priceList()
    const { found } = await records.read((view) => selectJobs(view, { filter: query.filter }, caller, 'all'))
    const jobs = found
      .filter(({ job }) => job.submittedAt >= since)
      .map((each) => ({ key: keyOf(each), cost: jobCost(each.instances, each.volumes, list, now()) }))
    const rows = [...Map.groupBy(jobs, ({ key }) => key)].map(([key, of]) => ({
      key,
      jobs: of.length,
      ...addCosts(of.map(({ cost }) => cost)),
    }))
    return {
      rows: rows.toSorted((a, b) => b.total - a.total),
      sum: addCosts(jobs.map(({ cost }) => cost)),
    }
  })
}

/** `job`, `user` or `tag:KEY`; jobs without the tag are a row without a name. */
const readBy = (by: string): ((found: Found) => string) => {
  if (by === 'job') return ({ job }) => job.id
  if (by === 'user') return ({ job }) => job.user
  const tag = /^tag:(.+)$/.exec(by)?.[1]
  if (tag !== undefined) return ({ job }) => job.spec.customTags[tag] ?? ''
  throw invalidArgument(`--by: "${by}" is none of job, user and tag:KEY`)
}
