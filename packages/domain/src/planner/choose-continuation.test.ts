import { describe, expect, test } from 'vitest'
import { type Checkpoint, RESTORE_TRIES } from '../checkpoint/checkpoint.ts'
import { chooseContinuation } from './choose-continuation.ts'

const timings = { freezeMs: 1, dumpMs: 1, drainLogsMs: 1, diskSnapshotMs: 1, syncMs: 1 }
const checkpoint = (seq: number, overrides: Partial<Checkpoint> = {}): Checkpoint => ({
  seq,
  attempt: 1,
  takenAt: seq * 1000,
  bytes: 1,
  kind: 'snapshot',
  timings,
  ...overrides,
})
const job = (startedAt: number | undefined, rerunAllowed = true) => ({
  attempt: 1,
  spec: { rerunAllowed },
  ...(startedAt === undefined ? {} : { startedAt }),
})
const bad = { failedRestores: RESTORE_TRIES }

describe('chooseContinuation', () => {
  test('a job that never ran starts', () => {
    expect(chooseContinuation(job(undefined), { checkpoints: [] }, [])).toEqual({
      kind: 'start',
      attempt: 1,
      again: false,
    })
  })
  test('the newest checkpoint wins, also one the records never heard of', () => {
    const inventory = { checkpoints: [checkpoint(1), checkpoint(2)] }
    expect(chooseContinuation(job(1), inventory, [checkpoint(1)])).toEqual({
      kind: 'restore',
      checkpoint: checkpoint(2),
    })
  })
  test('a checkpoint given up makes way for the one before', () => {
    const inventory = { checkpoints: [checkpoint(1), checkpoint(2)] }
    expect(chooseContinuation(job(1), inventory, [checkpoint(2, bad)])).toMatchObject({
      kind: 'restore',
      checkpoint: { seq: 1 },
    })
  })
  test('when every checkpoint is given up or vanished the job is lost and says so', () => {
    expect(chooseContinuation(job(1), { checkpoints: [checkpoint(1)] }, [checkpoint(1, bad)])).toEqual({
      kind: 'checkpointsFailed',
    })
    expect(chooseContinuation(job(1), { checkpoints: [] }, [checkpoint(1)])).toEqual({
      kind: 'checkpointsFailed',
    })
  })
  test('without any checkpoint it runs again if it may', () => {
    expect(chooseContinuation(job(1), { checkpoints: [] }, [])).toEqual({
      kind: 'start',
      attempt: 2,
      again: true,
    })
    expect(chooseContinuation(job(1, false), { checkpoints: [] }, [])).toEqual({ kind: 'lost' })
  })
  test('checkpoints of an earlier attempt do not count', () => {
    const inventory = { checkpoints: [checkpoint(1, { attempt: 0 })] }
    expect(chooseContinuation(job(undefined), inventory, [])).toEqual({
      kind: 'start',
      attempt: 1,
      again: false,
    })
  })
  test('a program that had ended is not run again', () => {
    const inventory = { checkpoints: [checkpoint(1)], exit: { attempt: 1, exitCode: 3, at: 5 } }
    expect(chooseContinuation(job(1), inventory, [])).toEqual({ kind: 'exited', exitCode: 3 })
  })
})
