import { parseDuration, parseInstant, type Usage } from '@mmcloud/contract'
import { hasEnded, invalidArgument, type Job, type Sample } from '@mmcloud/domain'
import { stepFor } from '@mmcloud/store'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { findJob } from './read-job.ts'

/** More would be a denial of service, not a graph. */
const MOST_POINTS = 100_000
const HEARTBEAT_MS = 15_000
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
    const last = headers['last-event-id'] ?? query.from
    const from = last ? parseInstant(String(last), 'from') : undefined
    const before = from === undefined ? [] : await samples.raw(job.id, from)
    streamTo(deps, reply, job, before)
  })
}

/** Sends what was, then what comes, each once and in order of its coming, until the job has ended or the client goes. */
const streamTo = (
  { records, watcher, log, openStreams }: ApiDeps,
  reply: FastifyReply,
  job: Job,
  before: readonly Sample[],
): void => {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  const send = (samples: readonly Sample[]): void => {
    const newest = samples.at(-1)
    if (newest) raw.write(`id: ${newest.at}\ndata: ${JSON.stringify(usageOf(samples))}\n\n`)
  }
  raw.write(': samples of the job, as they are measured\n\n')
  send(before)
  const stop = watcher.watch(job.id, send)
  const heartbeat = setInterval(() => raw.write(': still there\n\n'), HEARTBEAT_MS)
  const looking = setInterval(() => void endWhenOver(), LOOK_MS)
  const endWhenOver = async (): Promise<void> => {
    try {
      const now = await records.read((view) => view.job(job.id))
      if (!now || hasEnded(now.status)) raw.end('event: end\ndata: {}\n\n')
    } catch (error) {
      log.warn({ job: job.id, err: error }, 'a stream of samples could not look after its job')
    }
  }
  openStreams.add(raw)
  raw.on('close', () => {
    openStreams.delete(raw)
    stop()
    clearInterval(heartbeat)
    clearInterval(looking)
  })
  void endWhenOver()
}

/** Samples as they were measured, in columns; `at` is their beginning, as in a range. */
const usageOf = (samples: readonly Sample[]): Usage => {
  const column = (of: (sample: Sample) => number | undefined): (number | null)[] =>
    samples.map((sample) => of(sample) ?? null)
  return {
    stepMs: 1000,
    at: samples.map(({ at, spanMs }) => at - spanMs),
    series: {
      cpuPercent: column((s) => s.cpuPercent),
      cpuPercentMax: column((s) => s.cpuPercent),
      memBytes: column((s) => s.memBytes),
      memBytesMax: column((s) => s.memBytes),
      cacheBytes: column((s) => s.cacheBytes),
      swapBytes: column((s) => s.swapBytes),
      swapInRate: column((s) => s.swapInRate),
      swapOutRate: column((s) => s.swapOutRate),
      memStallPercent: column((s) => s.memStallPercent),
      diskReadRate: column((s) => s.diskReadRate),
      diskWriteRate: column((s) => s.diskWriteRate),
      netInRate: column((s) => s.netInRate),
      netOutRate: column((s) => s.netOutRate),
      processes: column((s) => s.processes),
      capacityCpu: column((s) => s.capacityCpu),
      capacityMemBytes: column((s) => s.capacityMemBytes),
      capacitySwapBytes: column((s) => s.capacitySwapBytes),
    },
  }
}
