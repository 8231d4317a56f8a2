import { describe, expect, test } from 'vitest'
import { hasEnded, JOB_ACTIONS, JOB_NEXT, JOB_STATUSES, jobCategory, mayFollow } from './job-status.ts'
import { REASONS, reasonSentence } from './reasons.ts'

describe('job states', () => {
  test('there are exactly nineteen words', () => {
    expect(new Set(JOB_STATUSES).size).toBe(19)
  })
  test('an ended job is left only by a rerun', () => {
    for (const status of JOB_STATUSES.filter(hasEnded)) expect(JOB_NEXT[status]).toEqual(['Submitted'])
  })
  test('an end is never pending or running', () => {
    for (const status of JOB_STATUSES.filter(hasEnded))
      expect(['success', 'failed']).toContain(jobCategory(status))
  })
  test('every live state can be cancelled, and every state can be reached', () => {
    for (const status of JOB_ACTIONS.cancel) expect(mayFollow(status, 'Cancelling')).toBe(true)
    const reachable = new Set(Object.values(JOB_NEXT).flat())
    const never = JOB_STATUSES.filter((status) => !reachable.has(status as never))
    expect(never).toEqual(['WaitingForLicense', 'Unknown'])
  })
})

describe('reasons', () => {
  test('a sentence is filled with its numbers and never has an empty gap', () => {
    expect(reasonSentence('exited', { exitCode: 7 })).toBe('ended by itself with exit code 7')
    expect(reasonSentence('exited', {})).toBe('ended by itself with exit code ?')
  })
  test('times and sizes are told in the unit that fits', () => {
    const taken = (bytes: number, standStillMs: number): string =>
      reasonSentence('snapshotTaken', { checkpoint: 3, bytes, standStillMs })
    expect(taken(280_502_460, 12.6)).toBe('checkpoint 3 taken, 268 MiB; stood still 13 ms')
    expect(taken(3 * 1024 ** 3, 2139)).toBe('checkpoint 3 taken, 3.0 GiB; stood still 2.1 s')
  })
  test('no sentence holds words that existing clients search for', () => {
    for (const text of Object.values(REASONS)) expect(text).not.toMatch(/\b(id|status|rc): /)
  })
})
