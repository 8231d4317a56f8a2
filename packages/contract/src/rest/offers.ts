import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { submitBodySchema } from './jobs.ts'

/** An instance that could be rented now. */
export const weighedOfferSchema = z
  .object({
    provider: z.string(),
    instanceType: z.string(),
    cpu: z.number(),
    memGB: z.number(),
    market: z.enum(['spot', 'onDemand']),
    pricePerHour: z.number().describe('USD.'),
    rejected: z.string().optional().describe('Why it would not be taken; absent for the one that would.'),
  })
  .meta({ id: 'WeighedOffer' })
export type WeighedOffer = z.infer<typeof weighedOfferSchema>

/** Takes what `submitJob` takes, and makes nothing. The one that would be rented first, then the next best. */
export const weighOffers = endpoint('weighOffers', {
  summary: 'Tell which instance a job would get, at what price, and why not another',
  least: 'viewer',
  body: submitBodySchema,
  response: z.object({
    need: z.string().describe('1 vCPU, 2:8 GB, spotFirst'),
    offers: z.array(weighedOfferSchema),
  }),
})
