import { JOB_STATUSES } from '@mmcloud/domain'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** One line of a job's history. */
export const eventSchema = z
  .object({
    seq: z.int().describe('1, 2, … per job.'),
    at: z.string().describe('RFC 3339 with milliseconds: stand-still is counted in them.'),
    from: z.enum(JOB_STATUSES),
    to: z.enum(JOB_STATUSES),
    reason: z.string().describe('A key of the closed list REASONS.'),
    numbers: z.record(z.string(), z.union([z.string(), z.number()])),
    sentence: z.string().describe('reasonSentence(reason, numbers)'),
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
