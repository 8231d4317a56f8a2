import { expect, test } from 'vitest'
import { phaseTable, standStillGoals, table } from './report.ts'

test('each goal is held against the median, and a ratio is told', () => {
  const goals = standStillGoals([3, 3.2, 2.9], [2.8, 2, 2.9], [9, 10, 11])
  expect(
    table([{ name: 'reclaim', seconds: [3, 3.2, 2.9], goals }])
      .split('\n')
      .at(-1),
  ).toBe(
    '| reclaim | 3.00 s | 3.00, 3.20, 2.90 | 1.2 × bare (is 1.07 ×); 0.25 × podman (is 0.30 ×) | yes; no |',
  )
})

test('a phase that only some moves had is the median of those', () => {
  expect(
    phaseTable([{ dump: 1 }, { dump: 3, verify: 2 }])
      .split('\n')
      .slice(2),
  ).toEqual(['| dump | 2.00 s | 1.00, 3.00 |', '| verify | 2.00 s | 2.00 |'])
})
