import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** An instance, as `float hosts` shows it. */
export const hostSchema = z
  .object({
    id: z.string(),
    address: z.string(),
    instanceType: z.string(),
    cpu: z.number(),
    memGB: z.number(),
    market: z.enum(['spot', 'onDemand']),
    pricePerHour: z.number().describe('USD an hour, now.'),
    state: z.enum(['requested', 'launching', 'ready', 'draining']),
    job: z.string().describe('The job it was rented for.'),
    jobName: z.string(),
    launchTime: z.string().describe('RFC 3339'),
    interruptionTime: z.string().optional().describe('The cloud takes it back then; RFC 3339.'),
  })
  .meta({ id: 'Host' })
export type Host = z.infer<typeof hostSchema>

export const hosts = endpoint('hosts', {
  summary: 'The instances that are rented now',
  response: z.object({ hosts: z.array(hostSchema) }),
})
