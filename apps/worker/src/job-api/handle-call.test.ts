import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { JOB_BODY_BYTES } from '@mmcloud/contract'
import { expect, onTestFinished, test } from 'vitest'
import { type Forwarded, handleJobCalls } from './handle-call.ts'

type Asked = { method?: string; path: string; headers?: Record<string, string>; body?: string }

/** A job's way to an OpCenter that answers `{}`, or never does. */
const open = async ({ silent = false } = {}) => {
  const forwarded: Forwarded[] = []
  const server = createServer(
    handleJobCalls({
      jobId: () => 'mine',
      log: () => undefined,
      forward: async (call) => {
        forwarded.push(call)
        if (silent) throw new Error('the OpCenter does not answer')
        const headers = { 'content-type': 'application/json', 'x-log-size': '3', 'x-secret': 'no' }
        return { status: 202, headers, body: Readable.from([Buffer.from('{}')]) }
      },
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const ask = ({ method = 'GET', path, headers = {}, body }: Asked) =>
    new Promise<{ status: number; headers: object; body: string }>((resolve, reject) => {
      const outgoing = request({ port, method, path, headers, agent: false }, (incoming) => {
        text(incoming).then(
          (said) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: said }),
          reject,
        )
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  return { ask, forwarded }
}

test("what a job may ask goes on without the asker's headers, and the answer comes back", async () => {
  const { ask, forwarded } = await open()
  const answer = await ask({
    method: 'POST',
    path: '/api/v1/jobs/mine/migrate',
    headers: { 'x-forwarded-for': '1.2.3.4', cookie: 'a=b' },
    body: '{"mem":4}',
  })
  expect(forwarded).toEqual([
    { method: 'POST', path: '/api/v1/jobs/mine/migrate', body: Buffer.from('{"mem":4}') },
  ])
  expect(answer).toMatchObject({ status: 202, body: '{}', headers: { 'x-log-size': '3' } })
  expect(answer.headers).not.toHaveProperty('x-secret')
})

test.each([
  ['another job', { path: '/api/v1/jobs/other' }, 'not about job other'],
  ['a submit', { method: 'POST', path: '/api/v1/jobs' }, 'nothing else'],
  ['a cancel', { method: 'DELETE', path: '/api/v1/jobs/mine' }, 'nothing else'],
  ['the list', { path: '/api/v1/jobSummaries' }, 'nothing else'],
  ['what only workers fetch', { path: '/worker/worker.mjs' }, 'nothing else'],
  ['a way out of the path', { path: '/api/v1/jobs/mine/../other' }, 'nothing else'],
  ['a credential', { path: '/api/v1/jobs/mine', headers: { authorization: 'Basic eDp5' } }, 'nobody logs in'],
] satisfies [string, Asked, string][])('%s is refused in words and goes nowhere', async (_, asked, words) => {
  const { ask, forwarded } = await open()
  const answer = await ask(asked)
  expect(answer.status).toBe(403)
  expect(JSON.parse(answer.body)).toEqual({ code: 1005, message: expect.stringContaining(words) as string })
  expect(forwarded).toEqual([])
})

test('too much is refused', async () => {
  const { ask, forwarded } = await open()
  const body = 'x'.repeat(JOB_BODY_BYTES + 1)
  const answer = await ask({ method: 'PATCH', path: '/api/v1/jobs/mine', body })
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('at most') as string })
  expect(forwarded).toEqual([])
})

test('an OpCenter that does not answer is a connection that breaks', async () => {
  const { ask } = await open({ silent: true })
  await expect(ask({ path: '/api/v1/jobs/mine' })).rejects.toThrow(/socket hang up|ECONNRESET/)
})
