import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const gatewayId = z.string().regex(/^g-[a-z0-9]{21}$/)
const jobId = z.string().regex(/^[a-z0-9]{21}$/)
const port = z.int().min(1).max(65_535)

export const gatewaySchema = z
  .object({
    id: gatewayId,
    user: z.string(),
    createTime: z.string(),
    connections: z.array(
      z.object({
        job: jobId,
        jobName: z.string(),
        status: z.string().describe('Of the job; who comes while it moves waits.'),
        targetPort: port.describe('Of the job.'),
        address: z.string().describe('Where it is reached: HOST:PORT, the same as long as it is connected.'),
      }),
    ),
  })
  .meta({ id: 'Gateway' })
export type GatewayView = z.infer<typeof gatewaySchema>

const gatewayParams = z.object({ id: gatewayId })

export const gateways = endpoint('gateways', {
  summary: 'Gateways and what they lead to',
  response: z.object({ gateways: z.array(gatewaySchema) }),
})

export const createGateway = endpoint('createGateway', {
  summary: 'Make a gateway: stable addresses for ports of jobs',
  success: 201,
  response: gatewaySchema,
})

export const gateway = endpoint('gateway', {
  summary: 'Show a gateway',
  params: gatewayParams,
  response: gatewaySchema,
})

export const destroyGateway = endpoint('destroyGateway', {
  summary: 'Destroy a gateway that leads to no job',
  params: gatewayParams,
  response: z.object({ id: gatewayId }),
})

export const connectGateway = endpoint('connectGateway', {
  summary: 'Have a gateway lead to a published port of a job',
  params: gatewayParams,
  success: 201,
  body: z
    .object({ job: jobId, targetPort: port.optional().describe('May be left out where it publishes one.') })
    .meta({ id: 'ConnectGateway' }),
  response: gatewaySchema,
})

export const disconnectGateway = endpoint('disconnectGateway', {
  summary: 'Have a gateway lead to a job no more, or not to that port of it',
  params: z.object({ id: gatewayId, job: jobId }),
  query: z.object({ targetPort: z.coerce.number().pipe(port).optional() }),
  response: gatewaySchema,
})
