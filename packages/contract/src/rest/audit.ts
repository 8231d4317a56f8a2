import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** One change that was asked for, carried out or refused. */
export const auditEntrySchema = z
  .object({
    seq: z.int(),
    at: z.string().describe('RFC 3339 with milliseconds.'),
    user: z.string().describe('Empty where nobody was recognised.'),
    job: z.string().describe('The job that asked for itself; empty where a person did.'),
    address: z.string(),
    call: z.string().describe('As this document calls it: cancelJob.'),
    target: z.string().describe('The id or name in its path; empty where it has none.'),
    status: z.int().describe('HTTP status of the answer.'),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntryView = z.infer<typeof auditEntrySchema>

/** Newest first. */
export const audit = endpoint('audit', {
  summary: 'Who asked for what change (admins)',
  least: 'admin',
  query: z.object({
    limit: z.coerce.number().int().positive().max(1000).optional(),
    before: z.coerce.number().int().positive().optional().describe('Only what came before this one.'),
    user: z.string().optional(),
  }),
  response: z.object({ entries: z.array(auditEntrySchema) }),
})
