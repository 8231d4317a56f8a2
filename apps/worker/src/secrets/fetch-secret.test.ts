import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Answer, Forwarded } from '../job-api/handle-call.ts'
import { secretFrom } from './fetch-secret.ts'

const answer = (status: number, body: unknown): Answer => ({
  status,
  headers: {},
  body: Readable.from([Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))]),
})

/** An OpCenter that gives these answers in turn, the last one for ever. */
const open = (...answers: (() => Answer)[]) => {
  const asked: Forwarded[] = []
  const fetchSecret = secretFrom(
    async (call) => {
      asked.push(call)
      return answers[Math.min(asked.length, answers.length) - 1]!()
    },
    { withinMs: 50, everyMs: 1 },
  )
  return { asked, fetchSecret }
}
const down = (): Answer => {
  throw new Error('ECONNREFUSED')
}

test('the value comes by the name, from the same place as for the program itself', async () => {
  const { asked, fetchSecret } = open(() => answer(200, { name: 'db-pass', value: 'hush' }))
  expect(await fetchSecret('db-pass')).toBe('hush')
  expect(asked).toEqual([{ method: 'GET', path: '/api/v1/secrets/db-pass', body: Buffer.alloc(0) }])
})

test('an OpCenter that is away or fails is asked again', async () => {
  const { asked, fetchSecret } = open(
    down,
    () => answer(500, { message: 'failed' }),
    () => answer(200, '{"val'),
    () => answer(200, { value: 'hush' }),
  )
  expect(await fetchSecret('a')).toBe('hush')
  expect(asked).toHaveLength(4)
})

test.each([
  [404, { message: 'Resource not found: secret a' }, 'there is no secret a any more'],
  [409, { message: 'the key is lost' }, 'secret a could not be had: the key is lost'],
  [403, 'null', 'secret a could not be had: HTTP 403'],
])('a refusal with %s is told at once', async (status, body, words) => {
  const { asked, fetchSecret } = open(() => answer(status, body))
  await expect(fetchSecret('a')).rejects.toThrow(words)
  expect(asked).toHaveLength(1)
})

test('one that never answers is told in the end', async () => {
  await expect(open(down).fetchSecret('a')).rejects.toThrow('does not answer for secret a')
})
