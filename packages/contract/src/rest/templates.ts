import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** A saved configuration of a job. */
export const templateSchema = z
  .object({
    name: z.string(),
    tag: z.string(),
    user: z.string(),
    shared: z.boolean().describe('Everybody may use it; else its user alone.'),
    description: z.string(),
    createTime: z.string(),
    inputArgs: z.string().describe('The flags of such a job; holds no secret.'),
  })
  .meta({ id: 'Template' })
export type TemplateView = z.infer<typeof templateSchema>

const templateName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
const templateTag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)

export const templates = endpoint('templates', {
  summary: 'Saved configurations: your own, and those shared',
  response: z.object({ templates: z.array(templateSchema) }),
})

export const createTemplateBodySchema = z
  .object({
    name: templateName,
    /** `latest` when absent. */
    tag: templateTag.optional(),
    /** The job whose configuration it becomes: all but its name. */
    fromJob: jobParams.shape.id,
    description: z.string().max(16_384).optional(),
    shared: z.boolean().optional().describe('For everybody; admins only.'),
    replace: z.boolean().optional().describe('Your own of that name and tag is replaced.'),
  })
  .meta({ id: 'CreateTemplate' })
export type CreateTemplateBody = z.infer<typeof createTemplateBodySchema>

export const createTemplate = endpoint('createTemplate', {
  summary: 'Save the configuration of a job',
  success: 201,
  body: createTemplateBodySchema,
  response: templateSchema,
})

/** As `--template` takes it: `[private::]NAME[:TAG]`. */
const templateParams = z.object({ name: z.string().min(1).max(300) })

export const template = endpoint('template', {
  summary: 'Show a saved configuration, every tag of it',
  params: templateParams,
  response: z.object({ templates: z.array(templateSchema) }),
})

export const deleteTemplate = endpoint('deleteTemplate', {
  summary: 'Delete a saved configuration of your own, or one tag of it',
  params: templateParams,
  response: z.object({ deleted: z.int() }),
})
