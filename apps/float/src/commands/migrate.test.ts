import { expect, test } from 'vitest'
import { aJob, anEvent, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const EVENTS = [
  anEvent(1, 0, 'Submitted', 'Submitted', 'submitted', 'accepted'),
  anEvent(2, 1.204, 'Starting', 'Executing', 'started', 'the program runs'),
  anEvent(3, 75, 'Executing', 'Executing', 'reclaimNotice', 'the cloud takes i-1 back in 30 s'),
]

const MOVE = `POST /api/v1/jobs/${JOB_ID}/migrate`

const JOB_EVENTS = `GET /api/v1/jobs/${JOB_ID}/events`

const moveEvents = (last: ReturnType<typeof anEvent>) => (_: unknown, call: number) => {
  if (call === 0) return { body: { events: EVENTS } }
  if (call === 1 || call === 2) return 'down' as const
  return {
    body: { events: call === 3 ? [anEvent(4, 80, 'Executing', 'Floating', 'saved', 'saved')] : [last] },
  }
}

test('migrate --sync waits through silence until the job runs again, and tells where', async () => {
  const world = fakeWorld({
    [MOVE]: { status: 202, body: aJob() },
    [JOB_EVENTS]: moveEvents(
      anEvent(5, 82, 'Floating', 'Executing', 'restored', 'goes on, on m5.xlarge (spot)'),
    ),
    [`GET /api/v1/jobs/${JOB_ID}`]: { body: aJob({ workingHost: '10.0.0.9 (4Core16GB/Spot)' }) },
  })
  expect(await world.float('migrate', ...AUTH, '--sync', '-f', '-t', 'm5.xlarge', '-j', JOB_ID)).toEqual({
    code: 0,
    stdout: 'The job goes on, on m5.xlarge (spot); it is on 10.0.0.9 (4Core16GB/Spot)\n',
    stderr: '',
  })
  expect(world.requests.find((request) => request.method === 'POST')?.body).toBe(
    '{"instType":"m5.xlarge","after":3}',
  )
  expect(world.requests.some((request) => request.path.endsWith('/events?after=3'))).toBe(true)
})

test('migrate --sync fails when the job stayed where it was', async () => {
  const world = fakeWorld({
    [MOVE]: { status: 202, body: aJob() },
    [JOB_EVENTS]: moveEvents(anEvent(5, 82, 'Capturing', 'Executing', 'captureFailed', 'could not be saved')),
  })
  expect(await world.float('migrate', ...AUTH, '--sync', '-f', '-j', JOB_ID)).toMatchObject({
    code: 1,
    stderr: 'Error: could not be saved\n',
  })
})
