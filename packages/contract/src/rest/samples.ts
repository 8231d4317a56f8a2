import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/**
 * What is measured of a job, a name each, in the units of `Sample` in the domain: `cpuPercent` (100 = one core),
 * `…Bytes`, `…Rate` (bytes a second), `memStallPercent`, `processes`, `capacity…` (what it can have).
 */
export const SAMPLE_SERIES = [
  'cpuPercent',
  'cpuPercentMax',
  'memBytes',
  'memBytesMax',
  'cacheBytes',
  'swapBytes',
  'swapInRate',
  'swapOutRate',
  'memStallPercent',
  'diskReadRate',
  'diskWriteRate',
  'netInRate',
  'netOutRate',
  'processes',
  'capacityCpu',
  'capacityMemBytes',
  'capacitySwapBytes',
] as const
export type SampleSeries = (typeof SAMPLE_SERIES)[number]

/** A column per series, all as long as `at`; null where nothing was measured. */
const columns = z.record(z.enum(SAMPLE_SERIES), z.array(z.number().nullable()))

/** Usage over time, a column each: as graphs want it, and a third of the bytes of rows. */
export const usageSchema = z
  .object({
    stepMs: z.int().describe('Milliseconds that one point stands for.'),
    /**
     * Beginning of each step, epoch ms, ascending; steps in which no sample ended are left out: the program did not run, or,
     * where a step is a second, its sample came a moment late.
     */
    at: z.array(z.number()),
    series: columns,
  })
  .meta({ id: 'Usage' })
export type Usage = z.infer<typeof usageSchema>

/**
 * Usage in a range of time. Without `step` the one that gives at most 1,500 points, never finer than what is kept: 1 s
 * for a day, 10 s for a week, 1 min for the job's life and 30 days after.
 */
export const samples = endpoint('samples', {
  summary: 'What a job used over time',
  params: jobParams,
  query: z.object({
    from: z.string().optional().describe('RFC 3339 or epoch ms; absent = since the job was submitted.'),
    to: z.string().optional().describe('Absent = until now.'),
    step: z.string().optional().describe('10s, 1m.'),
  }),
  response: usageSchema,
})

/**
 * The same, live, as server-sent events: each `data` is a `Usage` with the points that are new, its `id` the instant of
 * the last one, which a client that comes back gives as `Last-Event-ID`. What came late is told when it comes; a point may
 * be told again. When the job has ended comes the event `end`; a stream that ends without it broke.
 */
export const sampleStream = endpoint('sampleStream', {
  summary: 'What a job uses, as it is measured',
  params: jobParams,
  query: z.object({ /** As for `samples`; absent = from now on. */ from: z.string().optional() }),
  headers: z.looseObject({ 'last-event-id': z.string().optional() }),
  response: 'events',
})
