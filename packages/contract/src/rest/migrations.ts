import { z } from 'zod'
import { MIGRATION_TRIGGERS } from '@mmcloud/domain'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** An instance as the ledger and the graphs name it. */
const machineSchema = z.object({
  instance: z.string(),
  instanceType: z.string(),
  cpu: z.number(),
  memGB: z.number(),
  market: z.enum(['spot', 'onDemand']),
  pricePerHour: z.number().describe('USD.'),
})

/** What else could have been rented, and why it was not; the best of them first, at most ten. */
const alternativeSchema = z.object({
  instanceType: z.string(),
  cpu: z.number(),
  memGB: z.number(),
  market: z.enum(['spot', 'onDemand']),
  pricePerHour: z.number(),
  rejected: z.string(),
})

/** One float of a job: the ledger's line. */
export const migrationSchema = z
  .object({
    id: z.string(),
    trigger: z.enum(MIGRATION_TRIGGERS),
    reason: z.string().describe('A sentence: what happened, on which numbers.'),
    rule: z
      .string()
      .describe('mem.upperBoundRatio, evadeOOM, …; empty where no rule of the policy was asked.'),
    numbers: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .describe('What was measured, the threshold, for how long.'),
    from: z.string().describe('t3.micro (2Core1GB/Spot); empty where there was none.'),
    to: z.string(),
    source: machineSchema.optional(),
    target: machineSchema.optional(),
    alternatives: z.array(alternativeSchema),
    startTime: z.string().describe('RFC 3339 with milliseconds.'),
    endTime: z.string().optional(),
    /**
     * Milliseconds: `decide` from the first sample that counted to the decision, `launch` of the target while the program
     * works on, `freeze`, `dump` (with logs and disk, until all is durable), `handOver` of the disks, `restore` until the
     * first instruction. What the program stood still is in `standStillMs`.
     */
    phases: z.record(z.string(), z.number()),
    bytes: z.number().describe('Of what was saved; 0 until it is done.'),
    standStillMs: z.number().describe('From the freeze to the first instruction; 0 until it is done.'),
    cost: z
      .number()
      .describe('USD, 0 until it is done: what was paid for two instances at once and for standing still.'),
    savingPerHour: z
      .number()
      .optional()
      .describe('USD an hour: price before minus price after; below 0 = it costs more.'),
    outcome: z.enum(['underway', 'done', 'undone']),
    undoneBecause: z.string().optional().describe('A sentence, where it was undone.'),
  })
  .meta({ id: 'Migration' })
export type Migration = z.infer<typeof migrationSchema>

/** Oldest first. */
export const migrations = endpoint('migrations', {
  summary: 'The moves of a job, with their numbers',
  params: jobParams,
  response: z.object({ migrations: z.array(migrationSchema) }),
})

/** An instance that a job has or had. */
export const jobInstanceSchema = machineSchema
  .extend({
    state: z.enum(['requested', 'launching', 'ready', 'draining', 'gone']),
    requestTime: z.string().describe('RFC 3339 with milliseconds: when it was asked for.'),
    readyTime: z.string().optional(),
    endTime: z.string().optional(),
    cost: z.number().describe('USD, to now or to its end.'),
  })
  .meta({ id: 'JobInstance' })
export type JobInstance = z.infer<typeof jobInstanceSchema>

/** Oldest first. */
export const instances = endpoint('instances', {
  summary: 'The instances a job has had',
  params: jobParams,
  response: z.object({ instances: z.array(jobInstanceSchema) }),
})
