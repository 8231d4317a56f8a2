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
  /** USD. */
  pricePerHour: z.number(),
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
    /** A sentence: what happened, on which numbers. */
    reason: z.string(),
    /** `mem.upperBoundRatio`, `evadeOOM`, …; empty where no rule of the policy was asked. */
    rule: z.string(),
    /** What was measured, the threshold, for how long. */
    numbers: z.record(z.string(), z.union([z.string(), z.number()])),
    /** `t3.micro (2Core1GB/Spot)`; empty where there was none. */
    from: z.string(),
    to: z.string(),
    source: machineSchema.optional(),
    target: machineSchema.optional(),
    alternatives: z.array(alternativeSchema),
    /** RFC 3339 with milliseconds. */
    startTime: z.string(),
    endTime: z.string().optional(),
    /**
     * Milliseconds: `decide` from the first sample that counted to the decision, `launch` of the target while the program
     * works on, `freeze`, `dump` (with logs and disk, until all is durable), `handOver` of the disks, `restore` until the
     * first instruction. What the program stood still is in `standStillMs`.
     */
    phases: z.record(z.string(), z.number()),
    /** These three are 0 until it is done. */
    bytes: z.number(),
    standStillMs: z.number(),
    /** USD: what was paid for two instances at once and for standing still. */
    cost: z.number(),
    /** USD an hour: price before minus price after; below 0 = it costs more. */
    savingPerHour: z.number().optional(),
    outcome: z.enum(['underway', 'done', 'undone']),
    /** A sentence, where it was undone. */
    undoneBecause: z.string().optional(),
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
    /** RFC 3339 with milliseconds: asked for, up, gone. */
    requestTime: z.string(),
    readyTime: z.string().optional(),
    endTime: z.string().optional(),
    /** USD, to now or to its end. */
    cost: z.number(),
  })
  .meta({ id: 'JobInstance' })
export type JobInstance = z.infer<typeof jobInstanceSchema>

/** Oldest first. */
export const instances = endpoint('instances', {
  summary: 'The instances a job has had',
  params: jobParams,
  response: z.object({ instances: z.array(jobInstanceSchema) }),
})
