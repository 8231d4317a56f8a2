import { createHash } from 'node:crypto'
import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { openGuide } from '../guide/open-guide.ts'
import { httpError } from './errors.ts'
import { guideRoutes } from './guide.ts'

/** With the headers that the server gives to everything. */
const get = async (url: string) => {
  const app = Fastify()
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = httpError(error)
    return reply.code(status).send(body)
  })
  await app.register(helmet)
  guideRoutes(app, openGuide())
  return app.inject(url)
}

test.each(['/docs', '/docs/', '/docs/guide'])('%s leads to the first page, without a login', async (url) => {
  const { statusCode, headers } = await get(url)
  expect([statusCode, headers.location]).toEqual([302, '/docs/guide/'])
})

test('a page runs and shows only what came with it', async () => {
  const { statusCode, headers, body } = await get('/docs/guide/install?from=mail')
  expect(statusCode).toBe(200)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  const policy = String(headers['content-security-policy'])
  expect(policy).toMatch(/^default-src 'none'; /)
  expect(policy).not.toContain('unsafe')
  for (const tag of ['style', 'script']) {
    const inline = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(body)![1]!
    expect(policy).toContain(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`)
  }
  expect(body).not.toMatch(/(?:src|action)=|href="https?:|url\(|@import| style=| on\w+=/)
})

test('a file that the guide tells to use can be fetched', async () => {
  const { statusCode, headers, body } = await get('/integrations/nebula/agent.yaml')
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(body).toContain('kind: Deployment')
})

test.each(['/integrations/nosuch', '/docs/nosuch', '/docs/..%2fpackage.json', '/docs/guide/install.md'])(
  '%s is not found',
  async (url) => {
    const { statusCode, body } = await get(url)
    expect(statusCode).toBe(404)
    expect(JSON.parse(body)).toMatchObject({
      code: 1002,
      message: expect.stringContaining('the guide begins at /docs'),
    })
  },
)
