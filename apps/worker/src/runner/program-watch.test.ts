import { expect, test } from 'vitest'
import { crashedInCapture, crashedOfCapture, endedAs } from './program-watch.ts'

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

test('a crash after a save that CRIU could not take back is no end of its own; every other end is', () => {
  const segfault = { phase: 'exited', exitCode: 139 } as const
  const damaged = { captureId: 'one', error: "Error (criu/cr-dump.c:1647): Can't cure (pid: 152)" }
  expect(crashedOfCapture(segfault, damaged)).toMatchObject({ phase: 'failed' })
  expect(crashedOfCapture(segfault, { captureId: 'one', error: 'no space left' })).toBeUndefined()
  expect(crashedOfCapture(segfault, { captureId: 'two', seq: 1 })).toBeUndefined()
  expect(crashedOfCapture(segfault, undefined)).toBeUndefined()
  for (const exitCode of [0, 1, 137])
    expect(crashedOfCapture({ phase: 'exited', exitCode }, damaged)).toBeUndefined()
})

test('a crash while it was being saved, of which nobody heard, is none either', () => {
  expect(crashedInCapture({ phase: 'exited', exitCode: 139 })).toMatchObject({ phase: 'failed' })
  for (const exitCode of [0, 1, 137]) expect(crashedInCapture({ phase: 'exited', exitCode })).toBeUndefined()
})

test('what never ran says why', () => {
  expect(endedAs({ outcome: 'failed', exitCode: 1, at, error: 'no such file' }, LIMITS)).toEqual({
    phase: 'failed',
    error: 'no such file',
  })
})
