import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

export const logFileSchema = z
  .object({ name: z.string(), size: z.int(), /** RFC 3339 */ lastUpdate: z.string() })
  .meta({ id: 'LogFile' })
export type LogFile = z.infer<typeof logFileSchema>

/** What can be read now; empty before the job ran. */
export const logs = endpoint('logs', {
  summary: 'List the log files of a job',
  params: jobParams,
  response: z.object({ files: z.array(logFileSchema) }),
})

/**
 * Raw bytes, at most `LOG_PAGE_BYTES` (`log-pages.ts`). A negative offset counts from the end; one beyond the end answers no bytes.
 * 404 while the file does not exist.
 */
export const logBytes = endpoint('logBytes', {
  summary: 'Read a log file from an offset on',
  params: jobParams.extend({ file: z.string().regex(/^[\w.-]+$/, 'is not the name of a log file') }),
  query: z.object({ offset: z.coerce.number().int().optional() }),
  response: 'bytes',
})
