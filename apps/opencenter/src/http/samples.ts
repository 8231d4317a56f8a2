import { parseDuration, parseInstant, type SampleSeries, type Usage } from '@mmcloud/contract'
import { SAMPLE_SERIES } from '@mmcloud/contract/rest/samples'
import { hasEnded, invalidArgument, type Job, type Sample } from '@mmcloud/domain'
import { stepFor } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import type { EventStream } from './event-streams.ts'
import { findJob } from './read-job.ts'

/** As many as Prometheus gives at most; each takes some microseconds during which no other question is answered. */
const MOST_POINTS = 11_000
const FINEST_MS = 1000
/** A stream looks so often whether its job has ended. */
const LOOK_MS = 2000

export const sampleRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, records, samples, now } = deps
  endpointRoute(app, authenticator, 'samples', async ({ params, query, caller }) => {
    const job = await records.read((view) => findJob(view, params.id, caller))
    const from = query.from ? parseInstant(query.from, 'from') : job.submittedAt
    const to = query.to ? parseInstant(query.to, 'to') : now()
    if (to < from) throw invalidArgument('to: is before from')
    const wanted = query.step ? parseDuration(query.step, 'step') * 1000 : 0
    const stepMs = wanted || stepFor(from, to, now())
    if ((to - from) / stepMs > MOST_POINTS)
      throw invalidArgument(`step: more than ${MOST_POINTS} points in this range; take a larger one`)
    return { stepMs, ...(await samples.usage(job.id, { from, to, stepMs })) } as Usage
  })
  endpointRoute(app, authenticator, 'sampleStream', async ({ params, query, caller, reply, headers }) => {
    const job = await records.read((view) => findJob(view, params.id, caller))
    const seen = headers['last-event-id']
    const from = seen
      ? parseInstant(String(seen), 'Last-Event-ID')
      : query.from && parseInstant(query.from, 'from')
    await streamTo(deps, deps.streams.open(reply, caller.user.name), job, from || undefined)
  })
}

/**
 * Sends what was, then what comes, until the job has ended or the client goes; each once, but for what a worker sends again
 * after a broken link.
 */
const streamTo = async (
  deps: ApiDeps,
  stream: EventStream,
  job: Job,
  from: number | undefined,
): Promise<void> => {
  let newest = 0
  const send = (samples: readonly Sample[]): void => {
    // What comes late is older; who comes back has it already.
    newest = samples.reduce((latest, { at }) => Math.max(latest, at), newest)
    if (samples.length > 0) stream.send(newest, usageOf(samples))
  }
  // What comes while we read what was comes after it.
  const arrived: Sample[][] = []
  let deliver = (samples: readonly Sample[]): void => void arrived.push([...samples])
  stream.onClosed(deps.watcher.watch(job.id, (samples) => deliver(samples)))
  try {
    if (from !== undefined) {
      const { means, samples } = await past(deps, job, from)
      if (means) stream.send(means.until, means.usage)
      send(samples)
    }
    for (const samples of arrived) send(samples)
    deliver = send
    await endWithJob(deps, stream, job)
  } catch (error) {
    deps.log.warn({ job: job.id, err: error }, 'a stream of samples broke off')
    stream.abort()
  }
}

/** What was measured since, sample by sample if it is not too much, else in means up to the last whole step. */
const past = async ({ samples, now }: ApiDeps, job: Job, from: number) => {
  const stepMs = stepFor(from, now(), now())
  if (stepMs === FINEST_MS) return { samples: await samples.raw(job.id, from) }
  const until = Math.floor(now() / stepMs) * stepMs
  // Asked for at once, so that nothing comes in between.
  const [means, rest] = await Promise.all([
    samples.usage(job.id, { from, to: until, stepMs }),
    samples.raw(job.id, until),
  ])
  return { means: { until, usage: { stepMs, ...means } }, samples: rest }
}

/** Returns while it goes on. */
const endWithJob = async ({ records, log }: ApiDeps, stream: EventStream, { id }: Job): Promise<void> => {
  const look = async (): Promise<void> => {
    const job = await records.read((view) => view.job(id))
    if (!job || hasEnded(job.status)) stream.end()
  }
  const looking = setInterval(() => {
    look().catch((error: unknown) =>
      log.warn({ job: id, err: error }, 'a stream of samples could not look after its job'),
    )
  }, LOOK_MS)
  stream.onClosed(() => clearInterval(looking))
  await look()
}

/** The peak of a sample is the sample. */
const MEASURED_AS: Partial<Record<SampleSeries, keyof Sample>> = {
  cpuPercentMax: 'cpuPercent',
  memBytesMax: 'memBytes',
}

/** Samples as they were measured, in columns; `at` is their beginning, as in a range. */
const usageOf = (samples: readonly Sample[]): Usage => ({
  stepMs: FINEST_MS,
  at: samples.map(({ at, spanMs }) => at - spanMs),
  series: Object.fromEntries(
    SAMPLE_SERIES.map((name) => {
      const measure = MEASURED_AS[name] ?? (name as keyof Sample)
      return [name, samples.map((sample) => sample[measure] ?? null)]
    }),
  ) as Usage['series'],
})
