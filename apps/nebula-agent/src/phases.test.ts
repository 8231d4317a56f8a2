import { JOB_STATUSES } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { TaskExecution_Phase as Phase } from './generated/flyteidl/core/execution.ts'
import { phaseOf } from './phases.ts'

const phase = (status: string, { rc, aborted = false, retryable = false } = {} as Partial<Told>): string =>
  nameOf(phaseOf({ status, rc, aborted }, retryable))
type Told = { readonly rc: string; readonly aborted: boolean; readonly retryable: boolean }
const nameOf = (value: Phase): string => Object.entries(Phase).find(([, number]) => number === value)![0]

test.each([
  ['Submitted', 'QUEUED'],
  ['Initializing', 'WAITING_FOR_RESOURCES'],
  ['Starting', 'INITIALIZING'],
  ['Executing', 'RUNNING'],
  ['Capturing', 'RUNNING'],
  ['Floating', 'RUNNING'],
  ['Suspending', 'RUNNING'],
  ['Suspended', 'RUNNING'],
  ['Resuming', 'RUNNING'],
  ['Completed', 'SUCCEEDED'],
  ['Cancelling', 'RUNNING'],
  ['Cancelled', 'FAILED'],
  ['FailToExecute', 'FAILED'],
  ['FailToComplete', 'FAILED'],
  ['CheckpointFailed', 'FAILED'],
  ['Timedout', 'FAILED'],
  ['NoAvailableHost', 'FAILED'],
  ['WaitingForLicense', 'FAILED'],
  ['Unknown', 'FAILED'],
  ['a word of a newer OpCenter', 'RUNNING'],
])('%s is %s', (status, wanted) => expect(phase(status)).toBe(wanted))

test('every status has a phase', () => {
  for (const status of JOB_STATUSES) expect(phase(status)).not.toBe('UNDEFINED')
})

test('what the engine has aborted is aborted, also while it ends', () => {
  expect([phase('Cancelling', { aborted: true }), phase('Cancelled', { aborted: true })]).toEqual([
    'ABORTED',
    'ABORTED',
  ])
})

test('with retryable phases a task’s own failure is final, all else worth another try', () => {
  const retryable = true
  const failed = { status: 'FailToComplete', rc: '1', aborted: false }
  expect(phaseOf(failed, true)).toBe(Phase.FAILED)
  expect(phaseOf({ ...failed, recoverable: true }, true)).toBe(Phase.RETRYABLE_FAILED)
  expect(phaseOf({ ...failed, recoverable: true }, false)).toBe(Phase.FAILED)
  for (const status of ['FailToComplete', 'FailToExecute', 'CheckpointFailed', 'Timedout', 'NoAvailableHost'])
    expect(phase(status, { retryable })).toBe('RETRYABLE_FAILED')
})
