import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JobId } from '@mmcloud/domain'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { aSample } from '../wavewatcher/test-sample.ts'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 's'.repeat(21) as JobId
const PATH = `/api/v1/jobs/${ID}/samples`

let api: Awaited<ReturnType<typeof openTestApi>>
let start: number
beforeEach(async () => {
  api = await openTestApi({ mostPerUser: 2, heartbeatMs: 50 })
  start = api.time.now - 600_000
  await api.records.write((tx) => tx.insertJob(aJob(ID, { status: 'Executing', submittedAt: start })))
  const samples = Array.from({ length: 300 }, (_, n) => aSample(start + (n + 1) * 1000, { cpuPercent: n }))
  // Whatever is asked of them later includes them.
  void api.samples.add(ID, samples)
})

describe('a range', () => {
  test('is all of the job without further ado, in columns', async () => {
    const { status, body } = await api.call('GET', PATH)
    expect(status).toBe(200)
    expect(body['stepMs']).toBe(1000)
    expect(body['at']).toHaveLength(300)
    const { cpuPercent, memStallPercent } = body['series'] as Record<string, (number | null)[]>
    expect(cpuPercent!.slice(0, 3)).toEqual([0, 1, 2])
    expect(memStallPercent![0]).toBeNull()
  })
  test('has the beginning, the end and the step that were asked for', async () => {
    const from = new Date(start + 100_000).toISOString()
    const { body } = await api.call('GET', `${PATH}?from=${from}&to=${start + 160_000}&step=30s`)
    expect(body['at']).toEqual([start + 90_000, start + 120_000, start + 150_000])
  })
  test.each([
    ['from=yesterday', 'from: "yesterday"'],
    ['from=2026-11-23T05:30:00Z&to=2026-11-22', 'to: is before from'],
    ['step=often', 'step: "often"'],
    ['from=2020-01-01&step=1s', 'step: more than'],
  ])('%s is refused in words', async (query, words) => {
    const { status, body } = await api.call('GET', `${PATH}?${query}`)
    expect(status).toBe(400)
    expect(body['message']).toContain(words)
  })
  test('of a job that is not there is not there either', async () => {
    expect((await api.call('GET', `/api/v1/jobs/${'n'.repeat(21)}/samples`)).status).toBe(404)
  })
})

describe('a stream', () => {
  /** Opens it; what comes is added to `text`. */
  const open = async (query = '', headers: object = {}) => {
    if (!api.app.server.listening) await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo
    const request = http.get({
      port,
      path: `${PATH}/stream${query}`,
      headers: { authorization: basic('admin', 'right'), ...headers },
    })
    onTestFinished(() => void request.destroy())
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const seen = { response, text: '', over: false }
    response.on('data', (part: Buffer) => (seen.text += String(part)))
    response.on('close', () => (seen.over = true))
    response.on('error', () => undefined)
    return seen
  }
  type Seen = Awaited<ReturnType<typeof open>>
  const ids = ({ text }: Seen): number[] =>
    [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => (Number(id) - start) / 1000)
  const points = ({ text }: Seen): number[] =>
    [...text.matchAll(/^data: (.+)$/gm)]
      .flatMap(([, data]) => (JSON.parse(data!) as { at?: number[] }).at ?? [])
      .map((at) => (at - start) / 1000)
  const measured = (...seconds: number[]): void =>
    api.measured(
      ID,
      seconds.map((n) => aSample(start + n * 1000)),
    )

  test('begins with what came after the last that was seen, and goes on with what comes', async () => {
    const seen = await open('', { 'last-event-id': String(start + 298_000) })
    expect(seen.response.headers['content-type']).toBe('text/event-stream')
    await expect.poll(() => ids(seen)).toEqual([300])
    measured(301)
    // What comes late does not have the next connection begin with it.
    measured(250)
    await expect.poll(() => points(seen)).toEqual([298, 299, 300, 249])
    expect(ids(seen)).toEqual([300, 301, 301])
  })

  test('of a long past begins with means up to the last whole step, and then each sample', async () => {
    api.time.now = start + 3_000_600
    void api.samples.add(ID, [aSample(start + 2_999_000), aSample(start + 3_000_500)])
    const seen = await open(`?from=${start}`)
    await expect.poll(() => ids(seen)).toEqual([3000, 3000.5])
    expect(JSON.parse(/^data: (.+)$/m.exec(seen.text)![1]!)).toMatchObject({ stepMs: 5000 })
    const means = Array.from({ length: 60 }, (_, n) => n * 5)
    expect(points(seen)).toEqual([...means, 2995, 2999.5])
  })

  test('loses nothing and doubles nothing, whenever it comes while the past is being read', async () => {
    let next = 301
    const raw = api.samples.raw.bind(api.samples)
    const measureOne = (): void => {
      measured(next)
      void api.samples.add(ID, [aSample(start + next * 1000)])
      next += 1
    }
    api.samples.raw = async (...asked) => {
      const answer = raw(...asked)
      measureOne()
      const found = await answer
      measureOne()
      return found
    }
    const seen = await open(`?from=${start + 299_000}`)
    await expect.poll(() => points(seen)).toEqual([299, 300, 301])
  })

  test('ends when the job has, and says so', async () => {
    const seen = await open()
    await api.records.write((tx) => tx.updateJob(aJob(ID, { status: 'Completed', version: 2 })))
    await expect.poll(() => seen.over, { timeout: 5000 }).toBe(true)
    expect(seen.text).toContain('event: end')
  })

  test('is closed without such a word when the OpCenter stops, so that clients come back', async () => {
    const seen = await open()
    await expect.poll(() => seen.text).toContain('open')
    api.streams.close()
    await expect.poll(() => seen.over).toBe(true)
    expect(seen.text).not.toContain('event: end')
  })

  test.each([
    ['?from=soon', {}, 'from: "soon"'],
    ['', { 'last-event-id': 'x' }, 'Last-Event-ID: "x"'],
  ])('with %s %o is refused in words', async (query, headers, words) => {
    const seen = await open(query, headers)
    await expect.poll(() => seen.text).toContain(words.replaceAll('"', '\\"'))
    expect(seen.response.statusCode).toBe(400)
  })

  test('is one of so many of a user, and a place is free again when one is let go', async () => {
    const first = await open()
    const second = await open()
    const third = await open()
    expect([first, second, third].map(({ response }) => response.statusCode)).toEqual([200, 200, 429])
    first.response.destroy()
    await expect.poll(async () => (await open()).response.statusCode).toBe(200)
  })

  test('shows a sign of life when there is nothing to tell', async () => {
    const seen = await open()
    await expect.poll(() => seen.text).toMatch(/(: still there\n\n){2}/)
  })

  test('of a client that does not read is broken off', async () => {
    const seen = await open()
    await expect.poll(() => seen.text).toContain('open')
    seen.response.pause()
    // More than the kernel keeps for us.
    await expect
      .poll(() => {
        for (let n = 0; n < 1000; n += 1) measured(n)
        return api.streaming()
      })
      .toBe(0)
  })
})
