import { expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const LOG = `GET /api/v1/jobs/${JOB_ID}/logs/stdout.autosave`

/** Serves a file that changes with every call, as the OpCenter does. */
const file = (states: readonly string[]) => (request: { path: string }, call: number) => {
  const text = states[Math.min(call, states.length - 1)] ?? ''
  const asked = Number(new URLSearchParams(request.path.split('?')[1]).get('offset'))
  const offset = Math.min(asked < 0 ? Math.max(0, text.length + asked) : asked, text.length)
  const headers = { 'x-log-offset': String(offset), 'x-log-size': String(text.length) }
  return { headers, body: text.slice(offset) }
}

test.each([
  [['log', '-j', JOB_ID, 'cat', 'stdout.autosave']],
  [['log', 'cat', JOB_ID]],
  [['log', '-j', JOB_ID]],
])('%j prints the whole file', async (argv) => {
  const world = fakeWorld({ [LOG]: file(['a\nb\n']) })
  expect((await world.float(...argv, ...AUTH)).stdout).toBe('a\nb\n')
})

test.each([
  ['10', 'a\nb\nc'],
  ['2', 'b\nc'],
  ['0', ''],
])('log tail -n %s', async (lines, stdout) => {
  const world = fakeWorld({ [LOG]: file(['a\nb\nc']) })
  expect((await world.float('log', 'tail', '-n', lines, '-j', JOB_ID, ...AUTH)).stdout).toBe(stdout)
})

test('log tail --follow goes on through silence, and ends with the job after its last byte', async () => {
  const statuses = ['Executing', 'Executing', 'Floating', 'Executing', 'Completed'] as const
  const served = file(['1\n', '1\n2\n', '1\n2\n', '1\n2\n3\n', '1\n2\n3\n4\n'])
  const world = fakeWorld({
    [`GET /api/v1/jobs/${JOB_ID}`]: (_, call) => ({ body: aJob({ status: statuses[call] ?? 'Completed' }) }),
    [LOG]: (request, call) => (call === 2 ? 'down' : served(request, call)),
  })
  expect(await world.float('log', 'tail', '--follow', '-j', JOB_ID, ...AUTH)).toEqual({
    code: 0,
    stdout: '1\n2\n3\n4\n',
    stderr: '',
  })
})

test('a log that was cut back to a checkpoint is told, and followed from there', async () => {
  const world = fakeWorld({
    [`GET /api/v1/jobs/${JOB_ID}`]: (_, call) => ({
      body: aJob({ status: call < 3 ? 'Executing' : 'Completed' }),
    }),
    [LOG]: file(['1\n2\n', '1\n', '1\n', '1\nB\n']),
  })
  const { stdout, stderr } = await world.float('log', 'tail', '--follow', '-j', JOB_ID, ...AUTH)
  expect(stdout).toBe('1\n2\nB\n')
  expect(stderr).toBe('float: the job went back to a checkpoint, and its log with it\n')
})
