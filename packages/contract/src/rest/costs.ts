import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** USD, live: what is running counts up to now. */
const sumsSchema = z.object({
  total: z.number(),
  spot: z.number(),
  onDemand: z.number(),
  volumes: z.number(),
  allOnDemand: z.number().describe('The same instances for the same time, all on demand.'),
  largestFromTheStart: z
    .number()
    .describe('The largest instance it needed, on demand, from the start to the end.'),
  savedAgainstOnDemand: z.number().describe('allOnDemand - total and largestFromTheStart - total.'),
  savedAgainstLargest: z.number(),
})
export type CostSums = z.infer<typeof sumsSchema>

/** What the job should ask for next time, from what it used; absent while there is too little to go by. */
const hintSchema = z.object({
  flags: z.string().describe('--cpu 1:2 --mem 2:4'),
  reason: z.string().describe('A sentence: on which numbers.'),
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
    by: z.string().optional().describe('job (the default), user, or tag:KEY.'),
    filter: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('As for lists of jobs.'),
    since: z.string().optional().describe('RFC 3339: only jobs submitted since.'),
  }),
  response: z.object({ rows: z.array(costRowSchema), sum: sumsSchema }),
})
