import {
  formatTime,
  parseTemplateName,
  readSubmission,
  requestOf,
  type SubmitBody,
  type TemplateView,
} from '@mmcloud/contract'
import { type JobSpec, notFound, UserError } from '@mmcloud/domain'
import type { Template } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { templatesNamed } from './find-template.ts'
import { findJob } from './read-job.ts'

/** Saved configurations: everybody has their own; shared ones come from admins. */
export const templateRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, templates, records, now } = deps
  endpointRoute(app, authenticator, 'templates', async ({ caller }) => ({
    templates: (await templates.visibleTo(caller.user.name)).map(templateView),
  }))
  endpointRoute(app, authenticator, 'template', async ({ params, caller }) => ({
    templates: (await templatesNamed(templates, params.name, caller.user.name)).map(templateView),
  }))
  endpointRoute(app, authenticator, 'createTemplate', async ({ body, caller }) => {
    const { name, tag = 'latest', fromJob, description = '', shared = false, replace = false } = body
    if (shared && caller.user.role !== 'admin')
      throw new UserError('forbidden', 'Only an admin may share a template with everybody')
    const { spec } = await records.read((view) => findJob(view, fromJob, caller))
    const request = JSON.stringify(requestToKeep(spec))
    const user = caller.user.name
    const template = { user, name, tag, shared, description, request, createdAt: now() }
    if (replace) await templates.put(template)
    else if (!(await templates.add(template)))
      throw new UserError('conflict', `You have a template ${name}:${tag} already; --replace replaces it`)
    return templateView(template)
  })
  endpointRoute(app, authenticator, 'deleteTemplate', async ({ params, caller }) => {
    const { name, tag } = parseTemplateName(params.name)
    const deleted = await templates.remove(caller.user.name, name, tag)
    if (deleted === 0) throw notFound(`template ${params.name} of yours`)
    return { deleted }
  })
}

/** All but the name: every job gets one of its own. */
const requestToKeep = ({ image, ...spec }: JobSpec): SubmitBody => {
  const { name: _, ...request } = requestOf({ ...spec, imageName: image.name })
  return request
}

const templateView = ({ request, createdAt, ...template }: Template): TemplateView => ({
  ...template,
  createTime: formatTime(createdAt),
  inputArgs: readSubmission(JSON.parse(request) as SubmitBody).inputArgs,
})
