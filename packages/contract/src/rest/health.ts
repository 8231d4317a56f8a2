import { JOB_STATUSES } from '@mmcloud/domain'
import { z } from 'zod'
import { healthRowSchema } from '../worker/messages.ts'
import { endpoint } from './endpoint.ts'

/** Asked before a login, to compare versions. */
export const version = endpoint('version', {
  summary: 'Version of the OpCenter',
  auth: 'none',
  response: z.object({ version: z.string() }),
})

export const statusSchema = z
  .object({
    version: z.string(),
    licenseStatus: z.literal('valid').describe('There is no licence to run out; clients look for this word.'),
    startTime: z.string().describe('RFC 3339'),
    jobs: z
      .partialRecord(z.enum(JOB_STATUSES), z.int())
      .describe('How many jobs are in each status; those with none are left out.'),
    instances: z.int(),
  })
  .meta({ id: 'OpCenterStatus' })
export type OpCenterStatus = z.infer<typeof statusSchema>

export const status = endpoint('status', { summary: 'How the OpCenter is', response: statusSchema })

export const healthSchema = z
  .object({
    openCenter: z.array(healthRowSchema).describe('The machine of the OpCenter and its provider.'),
    /** Workers that answered; one that did not has a row that says so. */
    workers: z.array(
      z.object({
        instance: z.string(),
        instanceType: z.string(),
        job: z.string(),
        rows: z.array(healthRowSchema),
      }),
    ),
  })
  .meta({ id: 'Health' })
export type Health = z.infer<typeof healthSchema>

export const health = endpoint('health', {
  summary: 'What the OpCenter and its workers find on their machines',
  response: healthSchema,
})
