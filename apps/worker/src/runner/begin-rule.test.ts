import { describe, expect, test } from 'vitest'
import { beginOrAnswer, type Beginning } from './begin-rule.ts'
import type { JobState } from './job-state.ts'

const start = { what: 'start', jobId: 'job1', attempt: 1 } as const
const restore = { what: 'restore', jobId: 'job1', attempt: 1, seq: 3 } as const
const begun = (key: string): Partial<JobState> => ({ begun: { key, result: {} } })

const state = (part: Partial<JobState>): JobState => ({
  jobId: 'job1',
  attempt: 1,
  epoch: 1,
  phase: 'mounted',
  volumes: [],
  truncated: {},
  ...part,
})

describe('a request to start or restore', () => {
  test.each<[string, Partial<JobState>, Beginning, 'begin' | 'answer' | RegExp]>([
    ['begins on mounted volumes', {}, start, 'begin'],
    [
      'is answered again while what it began runs',
      { phase: 'running', ...begun('start:1') },
      start,
      'answer',
    ],
    ['is answered again once that has ended', { phase: 'exited', ...begun('start:1') }, start, 'answer'],
    [
      'is answered again for a restore that ended',
      { phase: 'exited', ...begun('restore:1:3') },
      restore,
      'answer',
    ],
    [
      'is refused while something else runs',
      { phase: 'running', ...begun('restore:1:2') },
      restore,
      /runs already/,
    ],
    ['does not start anew what was saved', { phase: 'saved', ...begun('start:1') }, start, /was saved here/],
    [
      'does not start anew what was restored and saved',
      { phase: 'saved', ...begun('restore:1:2') },
      start,
      /was saved/,
    ],
    [
      'starts the next attempt of what was saved',
      { phase: 'saved', ...begun('start:1') },
      { ...start, attempt: 2 },
      'begin',
    ],
    [
      'goes back to the same checkpoint on purpose',
      { phase: 'saved', ...begun('restore:1:3') },
      restore,
      'begin',
    ],
    ['tries anew what failed', { phase: 'failed', ...begun('start:1') }, start, 'begin'],
    [
      'goes back after an end, to another checkpoint',
      { phase: 'exited', ...begun('restore:1:2') },
      restore,
      'begin',
    ],
    ['is refused without volumes', { phase: 'idle' }, start, /not mounted/],
    ['is refused for another job', { jobId: 'job2' }, start, /another job/],
  ])('%s', (_rule, part, asked, expected) => {
    const decide = (): string => beginOrAnswer(state(part), asked)
    if (expected instanceof RegExp) expect(decide).toThrow(expected)
    else expect(decide()).toBe(expected)
  })
})
