import { notFound } from '@mmcloud/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PAGE_POLICY } from '../guide/layout.ts'
import { FILES_ROOT, type Guide, GUIDE_ROOT } from '../guide/open-guide.ts'

/** The documents, and the files they tell to use, for anybody: whoever cannot log in yet needs them most. */
export const guideRoutes = (app: FastifyInstance, guide: Guide): void => {
  const first = async (_request: unknown, reply: FastifyReply) => reply.redirect(`${GUIDE_ROOT}/guide/`)
  for (const url of [GUIDE_ROOT, `${GUIDE_ROOT}/`, `${GUIDE_ROOT}/guide`])
    app.get(url, { schema: { hide: true } }, first)
  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0]!
    const shown = guide(path)
    if (shown === undefined) throw notFound(`page ${path}; the guide begins at ${GUIDE_ROOT}`)
    reply.headers({ 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-cache' })
    return reply.type(`${shown.type}; charset=utf-8`).send(shown.text)
  }
  for (const root of [GUIDE_ROOT, FILES_ROOT]) app.get(`${root}/*`, { schema: { hide: true } }, show)
}
