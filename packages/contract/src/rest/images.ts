import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** An entry of the app library. */
export const imageSchema = z
  .object({
    name: z.string(),
    tag: z.string(),
    uri: z.string().describe('Where it comes from; empty for one kept by the OpCenter itself.'),
    digest: z.string(),
    bytes: z.number().optional(),
    description: z.string().describe('How to use it, for a person.'),
    port: z.int().optional().describe('The port on which its programs listen by default.'),
  })
  .meta({ id: 'Image' })
export type Image = z.infer<typeof imageSchema>

export const images = endpoint('images', {
  summary: 'The app library',
  response: z.object({ images: z.array(imageSchema) }),
})

/** A name of the library, by which jobs ask for the image: `python`, `cactus`. */
const imageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
const imageTag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)

export const addImageBodySchema = z
  .object({
    name: imageName,
    uri: z
      .string()
      .min(1)
      .max(2048)
      .describe(
        'quay.io/a/b:1, oci:/PATH[:TAG], oci-archive:/PATH: looked up now, and pinned to its digest.',
      ),
    /** `latest` when absent. */
    tag: imageTag.optional(),
    description: z.string().max(16_384).optional(),
    port: z.int().min(1).max(65_535).optional(),
    replace: z.boolean().optional().describe('An entry of that name and tag is replaced.'),
  })
  .meta({ id: 'AddImage' })
export type AddImageBody = z.infer<typeof addImageBodySchema>

/** Jobs that run keep the image that they began with. */
export const addImage = endpoint('addImage', {
  summary: 'Add an image to the app library',
  success: 201,
  body: addImageBodySchema,
  response: imageSchema,
})

const imageParams = z.object({ name: z.string().min(1).max(128) })

export const image = endpoint('image', {
  summary: 'Show an image of the app library, every tag of it',
  params: imageParams,
  response: z.object({ images: z.array(imageSchema) }),
})

export const deleteImage = endpoint('deleteImage', {
  summary: 'Take an image, or one tag of it, out of the app library',
  params: imageParams,
  query: z.object({ tag: imageTag.optional() }),
  response: z.object({ deleted: z.int() }),
})
