import { notFound } from '@mmcloud/domain'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { PAGE_POLICY } from '../guide/layout.ts'
import { type Guide, GUIDE_ROOT } from '../guide/open-guide.ts'

/** The user guide, for anybody: whoever cannot log in yet needs it most. */
export const guideRoutes = (app: FastifyInstance, guide: Guide): void => {
  const first = async (_request: unknown, reply: FastifyReply) => reply.redirect(`${GUIDE_ROOT}/guide/`)
  for (const url of [GUIDE_ROOT, `${GUIDE_ROOT}/`, `${GUIDE_ROOT}/guide`])
    app.get(url, { schema: { hide: true } }, first)
  app.get(`${GUIDE_ROOT}/*`, { schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split('?')[0]!
    const page = guide(path)
    if (page === undefined) throw notFound(`page ${path}; the guide begins at ${GUIDE_ROOT}`)
    reply.headers({ 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-cache' })
    return reply.type('text/html; charset=utf-8').send(page)
  })
}
