import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JobId } from '@mmcloud/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import { aSample } from '../wavewatcher/test-sample.ts'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 's'.repeat(21) as JobId
const PATH = `/api/v1/jobs/${ID}/samples`

let api: Awaited<ReturnType<typeof openTestApi>>
let start: number
beforeEach(async () => {
  api = await openTestApi()
  start = api.time.now - 600_000
  await api.records.write((tx) => tx.insertJob(aJob(ID, { status: 'Executing', submittedAt: start })))
  const samples = Array.from({ length: 300 }, (_, n) => aSample(start + (n + 1) * 1000, { cpuPercent: n }))
  await api.samples.add(ID, samples)
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
  /** Reads until the text satisfies the condition, then lets go. */
  const read = async (query: string, headers: object, enough: (text: string) => boolean): Promise<string> => {
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo
    const request = http.get({
      port,
      path: `${PATH}/stream${query}`,
      headers: { authorization: basic('admin', 'right'), ...headers },
    })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    expect(response.headers['content-type']).toBe('text/event-stream')
    let text = ''
    for await (const part of response) {
      text += String(part)
      if (enough(text)) break
    }
    request.destroy()
    return text
  }
  const idOf = (n: number): string => `id: ${start + n * 1000}`

  test('begins with what came after the last that was seen, and goes on with what comes', async () => {
    const text = await read('', { 'last-event-id': String(start + 298_000) }, (seen) => {
      if (seen.includes(idOf(300))) api.measured(ID, [aSample(start + 301_000)])
      return seen.includes(idOf(301))
    })
    expect(text).toContain(idOf(300))
    const { at } = JSON.parse(/data: (.*)/.exec(text)![1]!) as { at: number[] }
    expect(at).toEqual([start + 298_000, start + 299_000])
  })

  test('ends when the job has', async () => {
    await api.records.write((tx) => tx.updateJob(aJob(ID, { status: 'Completed', version: 2 })))
    expect(await read('', {}, () => false)).toContain('event: end')
  })
})
