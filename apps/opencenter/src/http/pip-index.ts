import { notFound } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { Wheel } from '../release/wheel.ts'

/**
 * This project's Python packages as an index that pip, uv and poetry read (PEP 503), for anybody, as `/float` is:
 * `pip install --index-url https://OPCENTER/pip/simple/ nebulakitplugins-mmcloud`, with flytekit there already.
 */
export const pipIndexRoutes = (app: FastifyInstance, wheels: readonly Wheel[]): void => {
  const schema = { hide: true }
  const projects = wheels.map(({ project }) => `<a href="/pip/simple/${project}/">${project}</a>`)
  for (const url of ['/pip/simple', '/pip/simple/'])
    app.get(url, { schema }, async (_request, reply) => reply.type(HTML).send(page('packages', projects)))

  for (const url of ['/pip/simple/:project', '/pip/simple/:project/'])
    app.get<{ Params: { project: string } }>(url, { schema }, async ({ params: { project } }, reply) => {
      const files = wheels.filter((wheel) => wheel.project === normalised(project)).map(linkTo)
      if (files.length === 0) throw notFound(`Python package ${project}`)
      return reply.type(HTML).send(page(normalised(project), files))
    })

  app.get<{ Params: { file: string } }>('/pip/files/:file', { schema }, async ({ params }, reply) => {
    const wheel = wheels.find(({ file }) => file === params.file)
    if (!wheel) throw notFound(`Python package file ${params.file}`)
    return reply.type('application/octet-stream').send(wheel.content)
  })
}

const HTML = 'text/html; charset=utf-8'

/** `Nebulakit` and `nebula_kit` are asked for in many spellings: PEP 503. */
const normalised = (project: string): string => project.toLowerCase().replaceAll(/[-_.]+/g, '-')

const linkTo = ({ file, sha256, requiresPython }: Wheel): string =>
  `<a href="/pip/files/${file}#sha256=${sha256}" data-requires-python="${requiresPython.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}">${file}</a>`

const page = (title: string, links: readonly string[]): string =>
  `<!DOCTYPE html>\n<html><head><meta name="pypi:repository-version" content="1.0"><title>${title}</title></head>\n<body>\n${links.join('<br>\n')}\n</body></html>\n`
