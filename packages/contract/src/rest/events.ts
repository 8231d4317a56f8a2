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
