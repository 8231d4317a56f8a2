import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@mmcloud/domain'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import type { FloatFiles } from '../release/float-files.ts'
import { httpError } from './errors.ts'
import { releaseRoutes } from './release.ts'

const SUM = 'ab'.repeat(32)

const openRelease = () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-'))
  const path = join(folder, 'float')
  writeFileSync(path, 'program')
  const files: FloatFiles = async (platform) => {
    if (platform !== 'linux_amd64') throw new UserError('notFound', `There is no float for ${platform}`)
    return { path, bytes: 7, sha256: SUM }
  }
  const app = Fastify()
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = httpError(error)
    return reply.code(status).send(body)
  })
  releaseRoutes(app, files)
  onTestFinished(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })
  return app
}

test.each(['/float', '/float.linux_amd64'])('%s is the program, for anybody', async (url) => {
  const { statusCode, headers, body } = await openRelease().inject(url)
  expect({ statusCode, body }).toEqual({ statusCode: 200, body: 'program' })
  expect(headers).toMatchObject({
    'content-length': '7',
    'content-type': 'application/octet-stream',
    etag: `"${SUM}"`,
  })
})

test('HEAD tells its length without it', async () => {
  const { headers, body } = await openRelease().inject({ method: 'HEAD', url: '/float' })
  expect([headers['content-length'], body]).toEqual(['7', ''])
})

test.each([`"${SUM}"`, `"other", W/"${SUM}"`, '*'])('who has it already (%s) is told so', async (known) => {
  const { statusCode, body } = await openRelease().inject({
    url: '/float',
    headers: { 'if-none-match': known },
  })
  expect([statusCode, body]).toEqual([304, ''])
})

test('who has another gets it', async () => {
  const answer = await openRelease().inject({ url: '/float', headers: { 'if-none-match': '"other"' } })
  expect(answer.statusCode).toBe(200)
})

test('the checksum is told as sha256sum reads it', async () => {
  expect((await openRelease().inject('/float.sha256')).body).toBe(`${SUM}  float\n`)
  expect((await openRelease().inject('/float.linux_amd64.sha256')).body).toBe(`${SUM}  float.linux_amd64\n`)
})

test.each(['/float.windows_amd64', '/float.darwin_arm64.sha256'])(
  '%s says why there is none',
  async (url) => {
    const { statusCode, body } = await openRelease().inject(url)
    expect(statusCode).toBe(404)
    expect(JSON.parse(body)).toMatchObject({
      code: 1002,
      message: expect.stringContaining('There is no float for'),
    })
  },
)
