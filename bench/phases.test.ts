import type { EventLine } from '@mmcloud/testkit'
import { expect, test } from 'vitest'
import { movePhases } from './phases.ts'

const event = (second: number, reason: string, numbers: EventLine['numbers']): EventLine => ({
  seq: second,
  at: new Date(second * 1000).toISOString(),
  from: 'Executing',
  to: 'Floating',
  reason,
  numbers,
  sentence: '',
})

test('the job’s clock is laid beside what the worker measured', () => {
  const gap = { lastBefore: 101, firstAfter: 106, seconds: 5 }
  const events = [
    event(103, 'saved', { checkpoint: 1, bytes: 9, dumpMs: 1500, diskSnapshotMs: 20, snapshotMs: 20 }),
    event(107, 'restored', { restoreMs: 2500, standStillMs: 6000 }),
  ]
  expect(Object.entries(movePhases(100, gap, events))).toEqual([
    ['notice to last line (it works on)', 1],
    ['last line to saved, as recorded', 2],
    ['… dump', 1.5],
    ['… diskSnapshot', 0.02],
    ['saved to first line', 3],
    ['… restore', 2.5],
  ])
})
