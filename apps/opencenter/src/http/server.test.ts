import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

test.each([
  ['its headers', 'GET /api/v1/version HTTP/1.1\r\nhost: a\r\nx: '],
  [
    'its body',
    'POST /api/v1/jobs HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  ],
])('a client that never ends %s is cut off', async (_, beginning) => {
  const { app } = await openTestApi({}, { slowestRequestMs: 200 })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(beginning)
  let answer = ''
  socket.on('data', (data) => (answer += data.toString()))
  await once(socket, 'close')
  expect(answer).toContain('408 Request Timeout')
})

test('a path that is no path is refused in the one form of errors', async () => {
  const { app } = await openTestApi()
  const { statusCode, body } = await app.inject({ method: 'GET', url: '/api/v1/jobs/%zz' })
  expect([statusCode, Object.keys(JSON.parse(body) as object)]).toEqual([400, ['code', 'message', 'hint']])
})

test('a body beyond the limit is refused in the one form of errors', async () => {
  const { call } = await openTestApi()
  const { status, body } = await call('POST', '/api/v1/jobs', { jobContent: 'x'.repeat(9 * 2 ** 20) })
  expect([status, body['code']]).toEqual([413, 1003])
})

test('a request without a body that says it is JSON is one without a body', async () => {
  const { call, records } = await openTestApi()
  const id = 'a'.repeat(21)
  await records.write((tx) => tx.insertJob(aJob(id)))
  const json = { 'content-type': 'application/json' }
  const { status } = await call('DELETE', `/api/v1/jobs/${id}`, undefined, basic('admin', 'right'), json)
  expect(status).toBe(202)
})
