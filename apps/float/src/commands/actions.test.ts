import { expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

test.each([
  ['cancel', 'DELETE', '', 'Cancel request has been submitted\n'],
  ['hibernate', 'POST', '/suspend', 'Suspend request has been submitted\n'],
  ['restore', 'POST', '/resume', 'Resume request has been submitted\n'],
  ['snapshot', 'POST', '/snapshot', 'Snapshot request has been submitted\n'],
  ['requeue', 'POST', '/rerun', 'Rerun request has been submitted\n'],
  ['migrate', 'POST', '/migrate', 'Migrate request has been submitted\n'],
])('%s asks %s …%s', async (command, method, path, stdout) => {
  const world = fakeWorld({
    [`GET /api/v1/jobs/${JOB_ID}/events`]: { body: { events: [] } },
    [`${method} /api/v1/jobs/${JOB_ID}${path}`]: { status: 202, body: aJob() },
  })
  expect(await world.float(command, ...AUTH, '-f', '-j', JOB_ID)).toEqual({ code: 0, stdout, stderr: '' })
})

test('a job may be named by a word alone', async () => {
  const world = fakeWorld({ [`DELETE /api/v1/jobs/${JOB_ID}`]: { status: 202, body: aJob() } })
  expect((await world.float('scancel', JOB_ID, ...AUTH)).code).toBe(0)
})

test('a question is asked on a terminal only, and no means no', async () => {
  const answers = { [`DELETE /api/v1/jobs/${JOB_ID}`]: { status: 202, body: aJob() } }
  const asked: string[] = []
  const ask = (question: string) => Promise.resolve(asked.push(question) > 1 ? 'yes' : 'n')
  const world = fakeWorld(answers, { ask })
  expect((await world.float('cancel', ...AUTH, '-j', JOB_ID)).code).toBe(1)
  expect(world.requests).toEqual([])
  expect((await world.float('cancel', ...AUTH, '-j', JOB_ID)).code).toBe(0)
  expect(asked[0]).toBe('Cancel this job for good? [y/N] ')
})

test('a job that is not there is told with its code; a job that is not named, without', async () => {
  const gone = { status: 404, body: { code: 1002, message: 'Resource not found: job x' } }
  const world = fakeWorld({ 'POST /api/v1/jobs/x/resume': gone })
  expect((await world.float('resume', ...AUTH, '-j', 'x')).stderr).toBe(
    'Error: Resource not found: job x (code: 1002)\n',
  )
  expect(await world.float('resume', ...AUTH)).toMatchObject({ code: 2 })
})
