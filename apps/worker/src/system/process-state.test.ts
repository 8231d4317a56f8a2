import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAsleep, processState } from './process-state.ts'
import { until } from './wait.ts'

test('a process that waits is asleep, one that works or is stopped is not', async () => {
  const child = spawn('sh', ['-c', 'read go; while :; do :; done'])
  const pid = child.pid!
  const comesTo = (state: string): Promise<true> =>
    until(() => processState(pid) === state || undefined, {
      withinMs: 10_000,
      late: () => `it is ${processState(pid)}`,
    })
  await comesTo('S')
  expect(isAsleep(pid)).toBe(true)
  child.stdin.write('go\n')
  await comesTo('R')
  expect(isAsleep(pid)).toBe(false)
  child.kill('SIGSTOP')
  await comesTo('T')
  expect(isAsleep(pid)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(processState(pid)).toBeUndefined()
})
