import { JOB_STATUSES } from '@mmcloud/domain'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** One line of a job's history. */
export const eventSchema = z
  .object({
    /** 1, 2, … per job. */
    seq: z.int(),
    /** RFC 3339 with milliseconds: stand-still is counted in them. */
    at: z.string(),
    from: z.enum(JOB_STATUSES),
    to: z.enum(JOB_STATUSES),
    /** A key of the closed list `REASONS`. */
    reason: z.string(),
    numbers: z.record(z.string(), z.union([z.string(), z.number()])),
    /** `reasonSentence(reason, numbers)` */
    sentence: z.string(),
  })
  .meta({ id: 'Event' })
export type EventView = z.infer<typeof eventSchema>

/** Oldest first. */
export const events = endpoint('events', {
  summary: "A job's history, each change with its reason",
  params: jobParams,
  query: z.object({ /** Only those with a higher `seq`. */ after: z.coerce.number().int().optional() }),
  response: z.object({ events: z.array(eventSchema) }),
})

/** One float of a job: the ledger's line. */
export const migrationSchema = z
  .object({
    trigger: z.enum(['reclaim', 'manual', 'drill', 'lost', 'resume']),
    from: z.string(),
    to: z.string(),
    /** RFC 3339 with milliseconds. */
    startTime: z.string(),
    endTime: z.string().optional(),
    bytes: z.number().optional(),
    standStillMs: z.number().optional(),
    /** Milliseconds by phase. */
    phases: z.record(z.string(), z.number()),
    outcome: z.enum(['underway', 'done', 'undone']),
  })
  .meta({ id: 'Migration' })
export type Migration = z.infer<typeof migrationSchema>

/** Oldest first. */
export const migrations = endpoint('migrations', {
  summary: 'The moves of a job, with their numbers',
  params: jobParams,
  response: z.object({ migrations: z.array(migrationSchema) }),
})
