import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** An entry of the app library. */
export const imageSchema = z
  .object({
    name: z.string(),
    tag: z.string(),
    /** Where it comes from; empty for one kept by the OpCenter itself. */
    uri: z.string(),
    digest: z.string(),
    bytes: z.number().optional(),
    description: z.string(),
  })
  .meta({ id: 'Image' })
export type Image = z.infer<typeof imageSchema>

export const images = endpoint('images', {
  summary: 'The app library',
  response: z.object({ images: z.array(imageSchema) }),
})
