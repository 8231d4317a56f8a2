import type { InstanceId } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { DeadlineError } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import { FakeProvider } from './fake-provider.ts'
import { withDeadlines } from './provider-with-deadlines.ts'

const never = new AbortController().signal
const id = 'i-1' as InstanceId

test.each([
  ['list', 10_000],
  ['listVolumes', 10_000],
  ['terminate', 120_000],
] as const)('a cloud that hangs in %s is given up after %i ms', async (method, ms) => {
  const clock = new FakeClock()
  const cloud = new FakeProvider({ now: () => clock.now() })
  const provider = withDeadlines(cloud, clock)
  cloud.hangNext(method)
  const began = clock.now()
  const call = method === 'terminate' ? provider.terminate(id, never) : provider[method](never)
  await expect(call).rejects.toThrow(DeadlineError)
  expect(clock.now() - began).toBe(ms)
})

test('who asks may give up first', async () => {
  const clock = new FakeClock()
  const cloud = new FakeProvider({ now: () => clock.now() })
  cloud.hangNext('list')
  const asker = new AbortController()
  const call = withDeadlines(cloud, clock).list(asker.signal)
  asker.abort(new Error('not wanted any more'))
  await expect(call).rejects.toThrow('not wanted any more')
})
