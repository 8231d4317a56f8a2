import type { ToWorker, WorkerReport } from '@mmcloud/contract'
import type { InstanceId } from '@mmcloud/domain'
import { WorkerRefusedError } from '@mmcloud/engine'
import { beforeEach, describe, expect, test } from 'vitest'
import { WorkerFleet } from './worker-fleet.ts'

const ID = 'i-1' as InstanceId
const report = (at: number): WorkerReport => ({ type: 'report', at })
const never = new AbortController().signal

let news = 0
let fleet: WorkerFleet
beforeEach(() => {
  news = 0
  fleet = new WorkerFleet(
    () => {
      news += 1
    },
    (source) => (source.includes('private') ? 'login' : undefined),
  )
})

/** A worker that answers each request with what `answer` says, or not at all. */
const dial = (
  answer: (request: Extract<ToWorker, { type: 'request' }>) => unknown,
): { asked: string[]; connection: { send(m: ToWorker): void; close(): void } } => {
  const asked: string[] = []
  const connection = {
    send: (message: ToWorker): void => {
      if (message.type !== 'request') return
      asked.push(message.method)
      const result = answer(message)
      if (result !== undefined)
        queueMicrotask(() => fleet.answered(message.requestId, result as { result: unknown }))
    },
    close: () => undefined,
  }
  fleet.attach(ID, connection)
  fleet.heard(ID, report(1))
  return { asked, connection }
}

describe('the fleet', () => {
  test('tells of a report only when it says something new', () => {
    dial(() => undefined)
    fleet.heard(ID, report(2))
    expect(news).toBe(1)
    fleet.heard(ID, { ...report(3), interruptionAt: 99 })
    expect(news).toBe(2)
  })

  test('answers come to whoever asked, checked against the schema', async () => {
    dial(() => ({ result: { restoreMs: 5 } }))
    const params = {
      jobId: 'j',
      attempt: 1,
      seq: 1,
      spec: { name: 'n', user: 'u', image: { source: 's', digest: 'd' }, env: {}, publish: [] },
    }
    expect(await fleet.ask(ID, 'restoreJob', params, never)).toEqual({ restoreMs: 5 })
    await expect(fleet.ask(ID, 'stopJob', { graceSeconds: 1 }, never)).resolves.toEqual({})
  })

  test.each([
    ['docker://ghcr.io/a/private', 'login'],
    ['docker://ghcr.io/a/public', undefined],
  ])('the login for %s goes along with a start: %s', async (source, registryAuth) => {
    let image: unknown
    dial(({ params }) => {
      image = (params as { spec: { image: unknown } }).spec.image
      return { result: { imageMs: 1, containerMs: 1 } }
    })
    const spec = { name: 'n', user: 'u', image: { source, digest: 'd' }, env: {}, publish: [] }
    await fleet.ask(ID, 'startJob', { jobId: 'j', attempt: 1, spec }, never)
    expect(image).toEqual(registryAuth ? { source, digest: 'd', registryAuth } : { source, digest: 'd' })
  })

  test("a worker's refusal is its own kind of error", async () => {
    dial(() => ({ error: { message: 'No space left on device' } }))
    await expect(fleet.ask(ID, 'captureJob', { captureId: 'c-1', kind: 'move' }, never)).rejects.toThrow(
      WorkerRefusedError,
    )
  })

  test('a request whose link breaks is asked again on the next one', async () => {
    const first = dial(() => undefined)
    const answer = fleet.ask(ID, 'releaseVolumes', {}, never)
    await expect.poll(() => first.asked).toEqual(['releaseVolumes'])
    fleet.detach(ID, first.connection)
    expect(fleet.report(ID)).toBeUndefined()
    const second = dial(() => ({ result: {} }))
    expect(await answer).toEqual({})
    expect(second.asked).toEqual(['releaseVolumes'])
  })

  test('an answer that takes longer than asking again is heard, and what was asked again is the same request', async () => {
    fleet = new WorkerFleet(
      () => undefined,
      () => undefined,
      1,
    )
    const requests: string[] = []
    const { connection } = dial(() => undefined)
    connection.send = (message) => {
      if (message.type === 'request') requests.push(message.requestId)
    }
    const answer = fleet.ask(ID, 'captureJob', { captureId: 'c-1', kind: 'move' }, never)
    const refused = expect(answer).rejects.toThrow('it does not restore')
    await expect.poll(() => requests.length).toBeGreaterThan(2)
    expect(new Set(requests).size).toBe(1)
    fleet.answered(requests[0]!, { error: { message: 'it does not restore' } })
    await refused
  })

  test('waiting ends when it is given up', async () => {
    const giveUp = new AbortController()
    const waiting = fleet.connected(ID, giveUp.signal)
    giveUp.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
