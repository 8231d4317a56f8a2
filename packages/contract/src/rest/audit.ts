import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** One change that was asked for, carried out or refused. */
export const auditEntrySchema = z
  .object({
    seq: z.int(),
    /** RFC 3339 with milliseconds. */
    at: z.string(),
    /** Empty where nobody was recognised. */
    user: z.string(),
    /** The job that asked for itself; empty where a person did. */
    job: z.string(),
    address: z.string(),
    /** As this document calls it: `cancelJob`. */
    call: z.string(),
    /** The id or name in its path; empty where it has none. */
    target: z.string(),
    /** HTTP status of the answer. */
    status: z.int(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntryView = z.infer<typeof auditEntrySchema>

/** Newest first. */
export const audit = endpoint('audit', {
  summary: 'Who asked for what change (admins)',
  least: 'admin',
  query: z.object({
    limit: z.coerce.number().int().positive().max(1000).optional(),
    /** Only what came before this one. */
    before: z.coerce.number().int().positive().optional(),
    user: z.string().optional(),
  }),
  response: z.object({ entries: z.array(auditEntrySchema) }),
})
