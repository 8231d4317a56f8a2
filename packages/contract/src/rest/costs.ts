import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** USD, live: what is running counts up to now. */
const sumsSchema = z.object({
  total: z.number(),
  spot: z.number(),
  onDemand: z.number(),
  volumes: z.number(),
  /** The same instances for the same time, all on demand. */
  allOnDemand: z.number(),
  /** The largest instance it needed, on demand, from the start to the end. */
  largestFromTheStart: z.number(),
  /** `allOnDemand - total` and `largestFromTheStart - total`. */
  savedAgainstOnDemand: z.number(),
  savedAgainstLargest: z.number(),
})
export type CostSums = z.infer<typeof sumsSchema>

/** What the job should ask for next time, from what it used; absent while there is too little to go by. */
const hintSchema = z.object({
  /** `--cpu 1:2 --mem 2:4` */
  flags: z.string(),
  /** A sentence: on which numbers. */
  reason: z.string(),
  cpu: z.object({ min: z.number(), max: z.number() }),
  memGB: z.object({ min: z.number(), max: z.number() }),
})
export type SizeHint = z.infer<typeof hintSchema>

export const jobCostSchema = sumsSchema
  .extend({ id: z.string(), name: z.string(), hint: hintSchema.optional() })
  .meta({ id: 'JobCost' })
export type JobCost = z.infer<typeof jobCostSchema>

export const jobCost = endpoint('jobCost', {
  summary: 'What a job costs, what that saved, and what to ask for next time',
  params: jobParams,
  response: jobCostSchema,
})

export const costRowSchema = sumsSchema
  .extend({ /** The job, the user, or the value of the tag. */ key: z.string(), jobs: z.int() })
  .meta({ id: 'CostRow' })
export type CostRow = z.infer<typeof costRowSchema>

/** Dearest first. */
export const costs = endpoint('costs', {
  summary: 'What jobs cost, by job, user or tag',
  query: z.object({
    /** `job` (the default), `user`, or `tag:KEY`. */
    by: z.string().optional(),
    /** As for lists of jobs. */
    filter: z.union([z.string(), z.array(z.string())]).optional(),
    /** RFC 3339: only jobs submitted since. */
    since: z.string().optional(),
  }),
  response: z.object({ rows: z.array(costRowSchema), sum: sumsSchema }),
})
