import { expect, test } from 'vitest'
import { endedAs } from './program-watch.ts'

const LIMITS = { memory: 512 * 1024 ** 2 }
const at = 0

test('an end by itself keeps its code, and the limit when the kernel ended it for want of memory', () => {
  expect(endedAs({ outcome: 'exited', exitCode: 3, at }, LIMITS)).toEqual({ phase: 'exited', exitCode: 3 })
  expect(endedAs({ outcome: 'exited', exitCode: 137, at, outOfMemory: true }, LIMITS)).toEqual({
    phase: 'exited',
    exitCode: 137,
    outOfMemoryMiB: 512,
  })
})

test('an end of ours is a saved job, not an exit', () => {
  expect(endedAs({ outcome: 'ended', exitCode: 137, at }, LIMITS)).toEqual({ phase: 'saved' })
})

test('what never ran says why', () => {
  expect(endedAs({ outcome: 'failed', exitCode: 1, at, error: 'no such file' }, LIMITS)).toEqual({
    phase: 'failed',
    error: 'no such file',
  })
})
