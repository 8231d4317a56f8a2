import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokenOffError, type TransportRequest, type Trust, UnreachableError } from '@mmcloud/client'
import { onTestFinished } from 'vitest'
import { run } from './run.ts'
import type { World } from './world.ts'

export { aJob, JOB_ID } from '@mmcloud/report/fake-job'

/** An answer of the fake OpCenter; a string is raw bytes, anything else JSON; 'down' is nobody there, 'brokenOff' nobody any more. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; body: unknown }
  | 'down'
  | 'brokenOff'
export type Answers = Readonly<Record<string, Answer | ((request: TransportRequest, call: number) => Answer)>>

/**
 * A world for tests of commands: answers by `METHOD /path` (query left off), a clock that `sleep` moves, a home of its
 * own that goes with the test. `float` runs one command line and tells all that came out.
 */
export const fakeWorld = (answers: Answers, { env, ...changes }: Partial<World> = {}) => {
  const home = mkdtempSync(join(tmpdir(), 'float-test-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const requests: TransportRequest[] = []
  const trusts: Trust[] = []
  const calls = new Map<string, number>()
  let now = Date.parse('2026-11-23T06:00:00Z')

  const float = async (...argv: string[]) => {
    let stdout = ''
    let stderr = ''
    const world: World = {
      out: (data) => void (stdout += typeof data === 'string' ? data : Buffer.from(data).toString()),
      err: (text) => void (stderr += text),
      env: { HOME: home, ...env },
      now: () => now,
      sleep: (ms, signal) => {
        now += ms
        return signal?.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve()
      },
      colours: false,
      answers: () => Promise.resolve(true),
      readFile: (path) => {
        throw new Error(`open ${path}: no such file or directory`)
      },
      fetchText: (url) => Promise.reject(new Error(`${url} answers 404 Not Found`)),
      nebulaAgent: () => import('@mmcloud/nebula-agent'),
      untilTold: () => Promise.resolve(),
      openTransport: (_address, trust) => {
        trusts.push(trust)
        return Object.assign(answerWith, { close: () => undefined })
      },
      ...changes,
    }
    const code = await run(argv, world)
    return { code, stdout, stderr }
  }

  const answerWith = (request: TransportRequest) => {
    requests.push(request)
    const key = `${request.method} ${request.path.split('?')[0]}`
    const call = calls.get(key) ?? 0
    calls.set(key, call + 1)
    const known = answers[key]
    const answer = typeof known === 'function' ? known(request, call) : known
    if (answer === undefined) return Promise.reject(new Error(`the test has no answer for ${key}`))
    if (answer === 'brokenOff') return Promise.reject(new BrokenOffError('the connection broke'))
    if (answer === 'down') return Promise.reject(new UnreachableError('no OpCenter answers'))
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
    return Promise.resolve({
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
      body: new TextEncoder().encode(text),
      ...(request.streamed && (answer.status ?? 200) === 200 ? { stream: pieces(text) } : {}),
    })
  }

  return { float, requests, trusts, home }
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text))
}

/** Credentials on the call itself. */
export const AUTH = ['-a', 'h:1', '-u', 'admin', '-p', 'pw'] as const

/** An event `seconds` after the submit. */
export const anEvent = (
  seq: number,
  seconds: number,
  from: string,
  to: string,
  reason: string,
  sentence: string,
) => ({
  seq,
  at: new Date(Date.parse('2026-11-23T05:30:00Z') + seconds * 1000).toISOString(),
  from,
  to,
  reason,
  numbers: {},
  sentence,
})
