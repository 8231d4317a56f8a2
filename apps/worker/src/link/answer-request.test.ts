import { expect, test } from 'vitest'
import { answering } from './answer-request.ts'

const request = (requestId: string) =>
  ({ type: 'request', requestId, method: 'releaseVolumes', params: {} }) as const

test('a request that comes again while it is carried out gets the answer of the first, failures too', async () => {
  let carriedOut = 0
  const { promise, reject } = Promise.withResolvers<unknown>()
  const answer = answering(() => {
    carriedOut += 1
    return promise
  })
  const answers = [answer(request('a')), answer(request('a'))]
  reject(new Error('it does not restore'))
  const failure = { type: 'response', requestId: 'a', error: { message: 'it does not restore' } }
  expect(await Promise.all(answers)).toEqual([failure, failure])
  expect(await answer(request('a'))).toEqual(failure)
  expect(carriedOut).toBe(1)
})

test('another request is carried out, whatever its like was answered', async () => {
  let carriedOut = 0
  const answer = answering(() => Promise.resolve((carriedOut += 1)))
  expect(await answer(request('a'))).toMatchObject({ result: 1 })
  expect(await answer(request('b'))).toMatchObject({ result: 2 })
})

test('what was answered long ago is forgotten', async () => {
  let carriedOut = 0
  const answer = answering(() => Promise.resolve((carriedOut += 1)))
  for (let id = 0; id < 100; id++) await answer(request(String(id)))
  expect(await answer(request('99'))).toMatchObject({ result: 100 })
  expect(await answer(request('0'))).toMatchObject({ result: 101 })
})
