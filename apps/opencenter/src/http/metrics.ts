import {
  addCosts,
  hasEnded,
  INSTANCE_STATES,
  JOB_STATUSES,
  type Job,
  jobCost,
  MIGRATION_TRIGGERS,
  type Sample,
} from '@mmcloud/domain'
import type { MigrationRecord } from '@mmcloud/engine'
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Registry } from 'prom-client'
import type { ApiDeps } from './api-deps.ts'
import { type Found, selectJobs } from './select-jobs.ts'

/** What a job used longer ago is not what it uses now: while it is frozen or its worker silent, its graphs have a hole. */
const FRESH_MS = 15_000

/**
 * `GET /metrics` for Prometheus, in its text format 0.0.4: of the jobs that the caller may see, as everywhere. `job` and
 * `instance` are labels that Prometheus itself sets, so that ours have longer names.
 */
export const metricsRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, watcher, prices, version, now } = deps
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const caller = await authenticator.caller(request.headers.authorization, request.ip)
    const list = {
      onDemandPerHour: await prices.onDemandPerHour(),
      volumePricePerGBMonth: prices.volumePricePerGBMonth,
    }
    const { found, moves } = await records.read(async (view) => {
      const jobs = (await selectJobs(view, {}, caller, 'all')).found
      const ledgers = await Promise.all(jobs.map(({ job }) => view.migrations(job.id)))
      return { found: jobs, moves: ledgers.flat() }
    })
    const newest = new Map(watcher.newest().map(({ job, sample }) => [job, sample]))
    const running = found.flatMap(({ job }): Measured[] => {
      const sample = newest.get(job.id)
      return !sample || hasEnded(job.status) || now() - sample.at > FRESH_MS ? [] : [{ job, sample }]
    })

    const metrics = new Metrics()
    metrics.gauge('build_info', 'The version of this OpCenter.', [[{ version }, 1]])
    countJobs(metrics, found)
    measureJobs(metrics, running)
    countMoves(metrics, moves)
    const cost = addCosts(found.map(({ instances, volumes }) => jobCost(instances, volumes, list, now())))
    metrics.counter('cost_usd_total', 'What was paid for instances and volumes, up to now.', [
      [{ kind: 'spot' }, cost.spot],
      [{ kind: 'on_demand' }, cost.onDemand],
      [{ kind: 'volumes' }, cost.volumes],
    ])
    metrics.counter(
      'samples_ingested_total',
      'Samples of usage that workers have sent since the start of this OpCenter.',
      [[{}, watcher.taken]],
    )
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

type Measured = { readonly job: Job; readonly sample: Sample }
type Labels = Readonly<Record<string, string>>
/** Every value of a metric has the same labels. */
type Values = readonly (readonly [Labels, number])[]

const countJobs = (metrics: Metrics, found: readonly Found[]): void => {
  const jobs = Map.groupBy(found, ({ job }) => job.status)
  metrics.gauge(
    'jobs',
    'How many jobs are in each status.',
    JOB_STATUSES.map((status) => [{ status }, jobs.get(status)?.length ?? 0]),
  )
  const rented = found.flatMap(({ instances }) => instances).filter(({ state }) => state !== 'gone')
  const instances = Map.groupBy(rented, ({ state, offer }) => `${state} ${offer.market}`)
  metrics.gauge(
    'instances',
    'How many instances are rented.',
    INSTANCE_STATES.filter((state) => state !== 'gone').flatMap((state) =>
      (['spot', 'onDemand'] as const).map((market): [Labels, number] => [
        { state, market },
        instances.get(`${state} ${market}`)?.length ?? 0,
      ]),
    ),
  )
}

const measureJobs = (metrics: Metrics, running: readonly Measured[]): void => {
  const gauge = (name: string, help: string, value: (sample: Sample) => number | undefined): void => {
    const values = running.flatMap(({ job, sample }): [Labels, number][] => {
      const measured = value(sample)
      return measured === undefined
        ? []
        : [[{ job_id: job.id, job_name: job.spec.name, user: job.user }, measured]]
    })
    metrics.gauge(`job_${name}`, help, values)
  }
  gauge('cpu_usage_cores', 'Cores in use.', ({ cpuPercent }) => cpuPercent / 100)
  gauge('cpu_capacity_cores', 'Cores that the job can have on its instance.', (s) => s.capacityCpu)
  gauge(
    'cpu_usage_ratio',
    'Share of its cores that the job uses.',
    ({ cpuPercent, capacityCpu }) => cpuPercent / 100 / capacityCpu,
  )
  gauge('memory_usage_bytes', 'Memory that the program would lose if it were killed.', (s) => s.memBytes)
  gauge('memory_capacity_bytes', 'Memory that the job can have on its instance.', (s) => s.capacityMemBytes)
  gauge(
    'page_cache_bytes',
    'Page cache of the job, which the kernel gives up when asked.',
    (s) => s.cacheBytes,
  )
  gauge('swap_usage_bytes', 'Memory of the job that is in swap.', (s) => s.swapBytes)
  gauge('swap_capacity_bytes', 'Swap that the job can have on its instance.', (s) => s.capacitySwapBytes)
  gauge('swap_in_bytes_per_second', 'What the job reads back from swap.', (s) => s.swapInRate)
  gauge('swap_out_bytes_per_second', 'What of the job is written to swap.', (s) => s.swapOutRate)
  gauge('disk_read_bytes_per_second', 'What the job reads from its volumes.', (s) => s.diskReadRate)
  gauge('disk_write_bytes_per_second', 'What the job writes to its volumes.', (s) => s.diskWriteRate)
  gauge('network_receive_bytes_per_second', 'What comes into the network of the job.', (s) => s.netInRate)
  gauge('network_transmit_bytes_per_second', 'What leaves the network of the job.', (s) => s.netOutRate)
  gauge('processes', 'Processes of the job.', (s) => s.processes)
  gauge(
    'memory_stall_ratio',
    'Share of the time in which some process of the job waited for memory; absent where the kernel does not tell.',
    ({ memStallPercent }) => (memStallPercent === undefined ? undefined : memStallPercent / 100),
  )
}

const countMoves = (metrics: Metrics, moves: readonly MigrationRecord[]): void => {
  const counts = Map.groupBy(moves, ({ trigger, outcome }) => `${trigger} ${outcome}`)
  metrics.counter(
    'migrations_total',
    'Moves of jobs that are over, by what had them moved and whether the job goes on elsewhere.',
    MIGRATION_TRIGGERS.flatMap((trigger) =>
      (['done', 'undone'] as const).map((outcome): [Labels, number] => [
        { trigger, outcome },
        counts.get(`${trigger} ${outcome}`)?.length ?? 0,
      ]),
    ),
  )
}

/** One answer, made anew each time: what the records say is counted, nothing is counted along. */
class Metrics {
  readonly #registry = new Registry()
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE

  gauge(name: string, help: string, values: Values): void {
    const gauge = new Gauge({ ...this.#described(name, help, values) })
    for (const [labels, value] of values) gauge.set(labels, value)
  }

  counter(name: string, help: string, values: Values): void {
    const counter = new Counter({ ...this.#described(name, help, values) })
    for (const [labels, value] of values) counter.inc(labels, value)
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #described(name: string, help: string, values: Values) {
    // Without any label a metric without values would be 0 instead of absent.
    const labelNames = values.length === 0 ? ['job_id'] : Object.keys(values[0]![0])
    return { name: `mmcloud_${name}`, help, labelNames, registers: [this.#registry] }
  }
}
