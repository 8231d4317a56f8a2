import { expect, test } from 'vitest'
import { readProcess } from './process-text.ts'

const STATUS = 'Name:\tpython3\nVmRSS:\t    2048 kB\nVmSwap:\t  10 kB\nThreads:\t3\nNSpid:\t4711\t12\n'
const stat = (name: string) =>
  `4711 (${name}) S 4700 4711 4711 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 3 0 100 1 2`
const inside = (outside: number): number | undefined => (outside === 4700 ? 1 : undefined)

test('a process is told with the numbers of inside', () => {
  const texts = { stat: stat('python3'), status: STATUS, cmdline: 'python3\0-c\0print("a b")\0' }
  expect(readProcess(texts, inside)).toEqual({
    pid: 12,
    parent: 1,
    state: 'S',
    cpuSeconds: 2,
    memBytes: 2048 * 1024,
    swapBytes: 10 * 1024,
    threads: 3,
    command: 'python3 -c print("a b")',
  })
})

test('a name that looks like the end of a name, no command line, a parent outside', () => {
  const texts = { stat: stat('a) R 1 (b'), status: STATUS, cmdline: '' }
  expect(readProcess(texts, () => undefined)).toMatchObject({ state: 'S', parent: 0, command: '[a) R 1 (b]' })
})

test('one that has just ended is nothing', () => {
  expect(readProcess({ stat: '', status: '', cmdline: '' }, inside)).toBeUndefined()
})
