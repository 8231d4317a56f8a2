import { expect, test } from 'vitest'
import { localSecond } from '@mmcloud/report/local-time'
import { aJob, anEvent, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const EVENTS = [
  anEvent(1, 0, 'Submitted', 'Submitted', 'submitted', 'accepted'),
  anEvent(2, 1.204, 'Starting', 'Executing', 'started', 'the program runs'),
  anEvent(3, 75, 'Executing', 'Executing', 'reclaimNotice', 'the cloud takes i-1 back in 30 s'),
]

test('show tells the job and its last events', async () => {
  const world = fakeWorld({
    [`GET /api/v1/jobs/${JOB_ID}`]: { body: aJob() },
    [`GET /api/v1/jobs/${JOB_ID}/events`]: { body: { events: EVENTS } },
  })
  const { stdout } = await world.float('show', ...AUTH, '-j', JOB_ID)
  expect(stdout).toContain('events:\n    - 05:30:00Z accepted\n    - 05:30:01Z the program runs\n')
})

/** As the clock of whoever runs this test shows it. */
const clock = (seconds: number): string => localSecond(Date.parse('2026-11-23T05:30:00Z') + seconds * 1000)

test('events is a timeline', async () => {
  const world = fakeWorld({ [`GET /api/v1/jobs/${JOB_ID}/events`]: { body: { events: EVENTS } } })
  expect((await world.float('events', ...AUTH, '-j', JOB_ID)).stdout).toBe(
    [
      `${clock(0)}   +0.000s  ▸ Submitted        accepted\n`,
      `${clock(1)}   +1.204s  ▸ Executing        the program runs\n`,
      `${clock(75)}    +1m15s  ·                  the cloud takes i-1 back in 30 s\n`,
    ].join(''),
  )
})
