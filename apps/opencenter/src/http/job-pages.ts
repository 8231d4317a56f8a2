import { Readable } from 'node:stream'
import { type Client, createClient, type Transport } from '@mmcloud/client'
import { UserError } from '@mmcloud/domain'
import { fetchStory } from '@mmcloud/report/job-story'
import { documentOf } from '@mmcloud/report/page/document'
import { html } from '@mmcloud/report/page/html'
import { CONTENT_POLICY, renderPage } from '@mmcloud/report/page/page'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { jobNav } from '../pages/job-nav.ts'
import { logsPage } from '../pages/logs-page.ts'
import type { ApiDeps } from './api-deps.ts'
import { httpError } from './errors.ts'

/** How long a page of a job that lives is left as it is, in seconds: a graph one reads, and lines one waits for. */
const STORY_REFRESH = 30
const LOGS_REFRESH = 5

type Params = { readonly id: string; readonly file: string }
type Handler = (client: Client, params: Params, reply: FastifyReply) => Promise<unknown>

/**
 * Pages of one job for a browser, at paths that other programs may link to: nothing here changes anything. The browser
 * asks for name and password, and sends them to these paths alone, since no other challenges it for them; what is shown
 * is asked of the API as that user.
 */
export const jobPageRoutes = (app: FastifyInstance, { version, now }: ApiDeps): void => {
  const route = (path: string, handle: Handler): void => {
    app.get<{ Params: Params }>(path, { schema: { hide: true } }, async (request, reply) => {
      reply.headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      const { authorization = '' } = request.headers
      const client = createClient(inProcess(app, request), { kind: 'token', token: authorization })
      try {
        if (authorization === '') throw new UserError('unauthenticated', 'Log in as with float login')
        return await handle(client, request.params, reply)
      } catch (error) {
        return refuse(reply, error)
      }
    })
  }

  route('/jobs/:id', async (client, { id }, reply) => {
    const story = await fetchStory(client, id, now())
    if (story.job.endTime === undefined) reply.header('refresh', STORY_REFRESH)
    return reply.type(HTML).send(renderPage(story, `OpCenter ${version}`, jobNav(id, 'job')))
  })
  route('/jobs/:id/wavewatcher', async (_client, { id }, reply) =>
    reply.redirect(`/jobs/${encodeURIComponent(id)}#wavewatcher`),
  )
  route('/jobs/:id/logs', async (client, { id }, reply) => {
    const { page, ended } = await logsPage(client, id)
    if (!ended) reply.header('refresh', LOGS_REFRESH)
    return reply.type(HTML).send(page)
  })
  route('/jobs/:id/logs/:file', async (client, { id, file }, reply) => {
    const first = await client.readLog(id, file, 0)
    return reply.type('text/plain; charset=utf-8').send(Readable.from(wholeLog(client, id, file, first)))
  })
}

const HTML = 'text/html; charset=utf-8'
const POLICY = `${CONTENT_POLICY}; frame-ancestors 'none'`

/** Calls of the API without a connection, told as those of who asked. */
const inProcess =
  (app: FastifyInstance, { ip }: FastifyRequest): Transport =>
  async ({ method, path, headers }) => {
    const answer = await app.inject({ method, url: path, headers: { ...headers }, remoteAddress: ip })
    const names = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const)
    return { status: answer.statusCode, headers: Object.fromEntries(names), body: answer.rawPayload }
  }

/** Up to where it was when it was asked for. */
async function* wholeLog(
  client: Client,
  id: string,
  file: string,
  first: { readonly bytes: Uint8Array; readonly size: number },
): AsyncGenerator<Uint8Array> {
  let [{ bytes }, offset] = [first, 0]
  for (;;) {
    yield bytes
    offset += bytes.length
    if (bytes.length === 0 || offset >= first.size) return
    ;({ bytes } = await client.readLog(id, file, offset))
  }
}

/** In words on a page; a browser without the right password asks for it. */
const refuse = (reply: FastifyReply, error: unknown): FastifyReply => {
  if (!(error instanceof UserError)) throw error
  const { status, body } = httpError(error)
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Memory Machine Cloud", charset="UTF-8"')
  const page = documentOf(
    'Memory Machine Cloud',
    html`<header><p class="kicker">Memory Machine Cloud</p><h1>${body.message}</h1></header>`,
  )
  return reply.code(status).type(HTML).send(page)
}
