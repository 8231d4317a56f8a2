import { expect, test } from 'vitest'
import { captureFailure } from './capture-error.ts'

test('a full disk is named, with its room and what to do', async () => {
  const error = new Error(
    'The checkpoint failed, the program runs on: runc failed\nCRIU:\nNo space left on device',
  )
  const told = await captureFailure(error, [{ path: '/', mountPoint: '' }])
  expect(told.message).toMatch(
    /^The checkpoint failed, the program runs on: the disk of the job is full \(\d+ of \d+ MiB free\): delete files.*\nrunc failed\nCRIU:/,
  )
  expect(told.cause).toBe(error)
})

test('a data volume is called by its mount point', async () => {
  const told = await captureFailure(new Error('/tmp/snapshots/1: No space left on device'), [
    { path: '/', mountPoint: '' },
    { path: '/tmp', mountPoint: '/data' },
  ])
  expect(told.message).toContain('the data volume /data is full')
})

test('any other failure is told as it is', async () => {
  const error = new Error('CRIU ended')
  expect(await captureFailure(error, [])).toBe(error)
})
