import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import type { Wheel } from '../release/wheel.ts'
import { httpError } from './errors.ts'
import { pipIndexRoutes } from './pip-index.ts'

const WHEEL: Wheel = {
  project: 'nebula-kit',
  file: 'nebula_kit-1.0-py3-none-any.whl',
  content: Buffer.from('zip'),
  sha256: 'ab'.repeat(32),
  requiresPython: '>=3.9',
}

const openIndex = () => {
  const app = Fastify()
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = httpError(error)
    return reply.code(status).send(body)
  })
  pipIndexRoutes(app, [WHEEL])
  onTestFinished(() => app.close())
  return app
}

test('the list names each package', async () => {
  expect((await openIndex().inject('/pip/simple/')).body).toContain(
    '<a href="/pip/simple/nebula-kit/">nebula-kit</a>',
  )
})

test.each(['nebula-kit', 'Nebula_Kit', 'nebula.kit'])(
  'asked for as %s, a package tells its file and what it must be',
  async (name) => {
    const { body } = await openIndex().inject(`/pip/simple/${name}/`)
    const [, url = ''] = /href="([^"#]+)#sha256=(ab){32}" data-requires-python="&gt;=3.9"/.exec(body) ?? []
    expect((await openIndex().inject(url)).body).toBe('zip')
  },
)

test.each(['/pip/simple/flytekit/', '/pip/files/other.whl', '/pip/files/..%2f..%2fpackage.json'])(
  '%s is not here',
  async (url) => {
    expect((await openIndex().inject(url)).statusCode).toBe(404)
  },
)
