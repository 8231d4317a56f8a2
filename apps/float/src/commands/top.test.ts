import { expect, test } from 'vitest'
import { grewTwice } from '@mmcloud/report/fake-stories'
import { answersOf } from '@mmcloud/report/fake-story'
import type { JobStory } from '@mmcloud/report/job-story'
import { type Answers, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'
import type { Screen } from '../screen.ts'

const JOB = `GET /api/v1/jobs/${JOB_ID}`
const top = ['top', ...AUTH, '-j', JOB_ID] as const

/** A screen that remembers what was drawn on it. */
const fakeScreen = () => {
  const leaving = new AbortController()
  const frames: string[] = []
  const seen = {
    frames,
    opened: 0,
    closed: 0,
    resize: () => {},
    leave: () => leaving.abort(new Error('left')),
  }
  const screen: Screen = {
    size: () => ({ columns: 80, rows: 24 }),
    open: () => {
      seen.opened++
      return {
        left: leaving.signal,
        draw: (lines) => void frames.push(lines.join('\n')),
        onResize: (redraw) => void (seen.resize = redraw),
        close: () => void seen.closed++,
      }
    },
  }
  return { screen, seen }
}

const stream = (usage: JobStory['usage']): string =>
  `id: 1\ndata: ${JSON.stringify(usage)}\n\nevent: end\ndata: {}\n\n`

/** Runs for two looks, then has ended. */
const running = (story: JobStory): Answers => ({
  ...answersOf(story),
  [JOB]: (_, call) => ({
    body: call < 2 ? { ...story.job, status: 'Executing', category: 'running' } : story.job,
  }),
  [`${JOB}/samples/stream`]: { body: stream(story.usage) },
})

test('it is shown live until the job has ended, and stays to be read when the screen is given back', async () => {
  const { screen, seen } = fakeScreen()
  const { code, stdout } = await fakeWorld(running(grewTwice()), { screen }).float(...top)
  expect([code, seen.opened, seen.closed]).toEqual([0, 1, 1])
  expect(seen.frames[0]).toContain('Executing')
  // Nothing is invented before the first sample comes.
  expect(seen.frames[0]).toContain('of 200 %')
  expect(seen.frames.at(-1)).toContain('of 200 %')
  expect(seen.frames.at(-1)).toContain('Completed')
  expect(stdout).toContain('Completed')
  const drawn = seen.frames.length
  seen.resize()
  expect(seen.frames).toHaveLength(drawn + 1)
})

test('who leaves gets the screen back, and no error', async () => {
  const { screen, seen } = fakeScreen()
  const story = grewTwice()
  const executing = { ...story.job, status: 'Executing', category: 'running' }
  const world = fakeWorld(
    {
      ...running(story),
      [JOB]: (_, call) => {
        if (call === 3) seen.leave()
        return { body: executing }
      },
    },
    { screen },
  )
  expect(await world.float(...top)).toMatchObject({ code: 0, stderr: '' })
  expect(seen.closed).toBe(1)
})

test('an OpCenter that is silent for a while is waited for, one that refuses is not', async () => {
  const { screen, seen } = fakeScreen()
  const story = grewTwice()
  const answers = running(story)
  const silent = fakeWorld(
    { ...answers, [`${JOB}/cost`]: (_, call) => (call === 1 ? 'down' : { body: story.cost }) },
    { screen },
  )
  expect((await silent.float(...top)).code).toBe(0)
  expect(seen.frames.some((frame) => frame.includes('does not answer'))).toBe(true)

  const gone = { status: 404, body: { code: 1002, message: 'Resource not found: job' } }
  const refused = fakeWorld(
    { ...answers, [`${JOB}/cost`]: (_, call) => (call === 1 ? gone : { body: story.cost }) },
    { screen },
  )
  expect(await refused.float(...top)).toMatchObject({
    code: 1,
    stderr: 'Error: Resource not found: job (code: 1002)\n',
  })
  expect([seen.opened, seen.closed]).toEqual([2, 2])
})

test('a job that is not there takes no screen', async () => {
  const { screen, seen } = fakeScreen()
  const gone = { status: 404, body: { code: 1002, message: 'Resource not found: job' } }
  expect((await fakeWorld({ ...answersOf(grewTwice()), [JOB]: gone }, { screen }).float(...top)).code).toBe(1)
  expect(seen.opened).toBe(0)
})

test('without a terminal, or once, it is a snapshot of the last minutes', async () => {
  const world = fakeWorld(answersOf(grewTwice()))
  const { stdout } = await world.float(...top)
  expect(stdout).toContain('flights-by-month  Completed')
  const samples = world.requests.find(({ path }) => path.includes('/samples'))
  expect(new URL(samples?.path ?? '', 'https://h').searchParams.get('from')).toBe('2026-11-23T05:34:00.000Z')
  const { screen, seen } = fakeScreen()
  expect((await fakeWorld(answersOf(grewTwice()), { screen }).float(...top, '--once')).stdout).toContain(
    'Completed',
  )
  expect(seen.opened).toBe(0)
})

test('programs get data', async () => {
  const story = grewTwice()
  const { stdout } = await fakeWorld(answersOf(story)).float(...top, '-F', 'json')
  expect(JSON.parse(stdout)).toMatchObject({
    job: { id: JOB_ID },
    usage: { stepMs: 1000 },
    cost: { id: JOB_ID },
  })
})
