import type { Usage } from '@mmcloud/contract'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { parseAddress } from './address.ts'
import { createClient } from './client.ts'
import { readEvents, type ServerEvent } from './event-stream.ts'
import { type FakeAnswer, type SeenRequest, startFakeOpenCenter } from './fake-open-center.ts'
import { httpsTransport } from './https-transport.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
const eventsIn = (pieces: readonly Uint8Array[]): Promise<ServerEvent[]> => all(readEvents(piecesOf(pieces)))

test('a stream as the standard has it', async () => {
  const text =
    ': comment\n\nid: 7\ndata: a\ndata:b\n\nevent: end\r\ndata: {}\r\n\r\nevent: none\n\ndata\n\nretry: 1\ndata: ü\n\ndata: cut'
  expect(await eventsIn([bytes(text)])).toEqual([
    { event: 'message', id: '7', data: 'a\nb' },
    { event: 'end', id: '7', data: '{}' },
    { event: 'message', id: '7', data: '' },
    { event: 'message', id: '7', data: 'ü' },
  ])
})

test('the same events, wherever the bytes were cut', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''))
  const event = fc.record({ id: fc.nat(), data: fc.array(line, { minLength: 1 }) })
  const lineEnd = fc.constantFrom('\n', '\r\n')
  return fc.assert(
    fc.asyncProperty(fc.array(event), lineEnd, fc.infiniteStream(fc.nat(9)), async (events, end, cuts) => {
      const lines = events.flatMap(({ id, data }) => [`id: ${id}`, ...data.map((of) => `data: ${of}`), ''])
      let rest = bytes(lines.map((of) => of + end).join(''))
      const pieces: Uint8Array[] = []
      for (const cut of cuts) {
        if (rest.length === 0) break
        pieces.push(rest.subarray(0, cut))
        rest = rest.subarray(cut)
      }
      expect(await eventsIn(pieces)).toEqual(
        events.map(({ id, data }) => ({ event: 'message', id: String(id), data: data.join('\n') })),
      )
    }),
  )
})

const usage = (...at: number[]): Usage => ({ stepMs: 1000, at, series: {} as Usage['series'] })
const sent = (...at: number[]): string => `id: ${at.at(-1)}\ndata: ${JSON.stringify(usage(...at))}\n\n`
const END = 'event: end\ndata: {}\n\n'

/** A client of a server that answers so, one answer after the other. */
const serve = async (answers: readonly FakeAnswer[]) => {
  let next = 0
  const server = await startFakeOpenCenter(() => answers[next++] ?? { status: 500, body: '' })
  cleanups.push(server.close)
  const transport = httpsTransport(parseAddress(`127.0.0.1:${server.port}`), {
    kind: 'ca',
    pem: server.certificate,
  })
  cleanups.push(transport.close)
  return { seen: server.seen, client: createClient(transport, { kind: 'none' }) }
}

const never = new AbortController().signal

test('a broken stream goes on where it broke, and ends when the job has', async () => {
  const { client, seen } = await serve([
    { body: sent(1) + sent(2, 3) + sent(4).slice(0, 9), after: 'break' },
    { status: 500, body: '{"code":1500,"message":"starting"}' },
    { body: ': nothing new\n\n' },
    { body: sent(4) + END },
  ])
  const broken: string[] = []
  const options = { signal: never, retryMs: 1, broken: (error: Error) => broken.push(error.message) }
  const points = await all(client.followSamples('j', '5m', options))
  expect(points).toEqual([usage(1), usage(2, 3), usage(4)])
  expect(broken).toEqual([expect.stringContaining('broke'), 'starting', 'the OpCenter closed the stream'])
  expect(seen.map(({ lastEventId }: SeenRequest) => lastEventId)).toEqual([undefined, '3', '3', '3'])
  expect(seen[0]?.url).toBe('/api/v1/jobs/j/samples/stream?from=5m')
})

test('what is refused is not asked again, neither at first nor later', async () => {
  const gone = { status: 404, body: '{"code":1002,"message":"Resource not found: job j"}' }
  const { client, seen } = await serve([gone, { body: sent(1) }, gone])
  const follow = () => all(client.followSamples('j', undefined, { signal: never, retryMs: 1 }))
  await expect(follow()).rejects.toMatchObject({ kind: 'notFound' })
  await expect(follow()).rejects.toMatchObject({ kind: 'notFound' })
  expect(seen).toHaveLength(3)
})

test('nothing is left waiting when it is no longer wanted', async () => {
  const { client } = await serve([
    { body: sent(1), after: 'stay' },
    { body: sent(2), after: 'stay' },
  ])
  const stopping = new AbortController()
  const points = client.followSamples('j', undefined, { signal: stopping.signal })[Symbol.asyncIterator]()
  expect((await points.next()).value).toEqual(usage(1))
  const waiting = points.next()
  stopping.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')

  // Who leaves the loop closes the connection too: the server below would not close otherwise.
  for await (const point of client.followSamples('j', undefined, { signal: never })) {
    expect(point).toEqual(usage(2))
    break
  }
})
