import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test } from 'vitest'
import { forwardTo } from './forward.ts'

const certificate = await generate([{ name: 'commonName', value: 'opcenter' }], { keySize: 2048 })

/** An OpCenter that tells what it was asked. */
const open = async () => {
  const server = createServer({ cert: certificate.cert, key: certificate.private }, (request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request
      response.writeHead(202, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ method, url, authorization: headers.authorization, body }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return {
    openCenterUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate: certificate.cert,
    instanceId: 'i-1',
    credential: (): string | undefined => 'own',
  }
}
const CALL = { method: 'POST', path: '/api/v1/jobs/a/migrate?x=1', body: Buffer.from('{}') }

test("a call goes to the OpCenter with the worker's own credential", async () => {
  const answer = await forwardTo(await open())(CALL)
  expect(answer.status).toBe(202)
  expect(JSON.parse(await text(answer.body))).toEqual({
    method: 'POST',
    url: '/api/v1/jobs/a/migrate?x=1',
    authorization: 'Worker i-1:own',
    body: '{}',
  })
})

test('it goes to nobody else, and not before the worker has joined', async () => {
  const access = await open()
  const other = await generate([{ name: 'commonName', value: 'other' }], { keySize: 2048 })
  await expect(forwardTo({ ...access, certificate: other.cert })(CALL)).rejects.toThrow(/certificate/)
  await expect(forwardTo({ ...access, credential: () => undefined })(CALL)).rejects.toThrow(/not joined/)
})
