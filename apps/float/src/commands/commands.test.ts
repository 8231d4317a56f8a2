import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { aJob, type Answers, anEvent, fakeWorld, JOB_ID } from '../fake-world.ts'
import type { World } from '../world.ts'

const worlds: { remove: () => void }[] = []
afterEach(() => worlds.splice(0).forEach((world) => world.remove()))
const worldWith = (answers: Answers, changes: Partial<World> = {}) => {
  const world = fakeWorld(answers, changes)
  worlds.push(world)
  return world
}
const AUTH = ['-a', 'h:1', '-u', 'admin', '-p', 'pw'] as const
const SUMMARY = {
  id: JOB_ID,
  name: 'n',
  workingHost: '10.0.0.1 (2Core4GB/Spot)',
  user: 'admin',
  imageID: 'python',
  status: 'Executing',
  submitTime: '2026-11-23T05:30:00Z',
  duration: '5s',
  cost: '0.0000 USD',
}
const SESSION = { username: 'admin', userNumber: 0, role: 'admin' }
const LOGIN: Answers = {
  'GET /api/v1/login': { headers: { authorization: 'Bearer "t' }, body: SESSION },
  'GET /api/v1/session': { body: SESSION },
  'DELETE /api/v1/session': { body: {} },
}

test('login is told as scripts expect, kept with the address as typed, and used by the next call', async () => {
  const world = worldWith({ ...LOGIN, 'GET /api/v1/jobSummaries': { body: { jobs: [] } } })
  expect(await world.float('login', '-a', 'Host.example:8443', '-u', 'admin', '-p', 'pw')).toEqual({
    code: 0,
    stdout: 'Login Succeeded!\n',
    stderr: '',
  })
  const file = join(world.home, '.float', 'session.yaml')
  expect(readFileSync(file, 'utf8')).toContain('address: Host.example:8443\n')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(world.home, '.float'))).toEqual(['session.yaml'])
  expect((await world.float('login', '--info')).stdout).toBe(
    'address: Host.example:8443\nusername: admin\nrole: admin\n',
  )
  expect(world.requests.at(-1)?.headers['authorization']).toBe('Bearer "t')
  expect(await world.float('squeue', 'list')).toMatchObject({ code: 0, stdout: 'No jobs\n' })
  expect(await world.float('logout')).toMatchObject({ code: 0, stdout: 'Logout Succeeded!\n' })
  const after = await world.float('login', '--info')
  expect(after.code).not.toBe(0)
  expect(after.stdout + after.stderr).not.toContain('address:')
})

test('a wrong password and a missing session are sentences with a code', async () => {
  const refused = { status: 401, body: { code: 1001, message: 'wrong user name or password' } }
  const world = worldWith({ 'GET /api/v1/login': refused })
  expect(await world.float('login', ...AUTH)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error: wrong user name or password (code: 1001)\n',
  })
  expect(await world.float('list')).toMatchObject({ code: 1, stdout: '' })
})

test('a token goes only to the OpCenter that gave it', async () => {
  const world = worldWith({ ...LOGIN, 'GET /api/v1/hosts': { body: { hosts: [] } } })
  await world.float('login', ...AUTH)
  await world.float('hosts', '-a', 'other:1')
  expect(world.requests.at(-1)?.headers).not.toHaveProperty('authorization')
})

test('FLOAT_FINGERPRINT is trusted before the pins', async () => {
  const world = worldWith(LOGIN, {
    env: { FLOAT_FINGERPRINT: 'ab', FLOAT_ADDR: 'inner' },
  })
  await world.float('login', '--info')
  expect(world.trusts).toEqual([{ kind: 'fingerprint', fingerprint: 'ab' }])
})

test('list is a table of one row a job, whose borders are single words', async () => {
  const world = worldWith({ 'GET /api/v1/jobSummaries': { body: { jobs: [SUMMARY] } } })
  const { stdout } = await world.float(
    'list',
    ...AUTH,
    '-f',
    'user=admin',
    '-f',
    'status=Executing or status=Starting',
  )
  const lines = stdout.trimEnd().split('\n')
  expect(lines.filter((line) => line.split(/\s+/).length < 4)).toEqual([lines[0], lines[2], lines[4]])
  expect(lines[1]).toMatch(/^\| ID +\| NAME \|/)
  expect(lines[3]).toContain(`| ${JOB_ID} | n `)
  expect(world.requests[0]?.path).toContain('filter=user%3Dadmin&filter=status')
})

test('list as json is an array, empty or not', async () => {
  const world = worldWith({
    'GET /api/v1/jobPages': (_, call) => ({ body: { Jobs: call === 0 ? [] : [aJob()] } }),
  })
  expect((await world.float('list', ...AUTH, '--format', 'json')).stdout).toBe('[]\n')
  expect(JSON.parse((await world.float('ls', ...AUTH, '-F', 'json')).stdout)).toEqual([aJob()])
})

test('submit uploads the script and every flag, and prints the job', async () => {
  const world = worldWith(
    { 'POST /api/v1/jobs': { status: 201, body: aJob({ status: 'Submitted' }) } },
    { readFile: (path) => `#!/bin/sh\n# ${path}\n` },
  )
  const flags = [
    '-i',
    'python',
    '--tag',
    '3',
    '-j',
    'a.sh',
    '-c',
    '2:4',
    '-m',
    '4',
    '-e',
    'A=1,2',
    '--env',
    'B=',
  ]
  const { code, stdout } = await world.float('sbatch', ...AUTH, ...flags, '--customTag', 'k:', '-f')
  expect([code, stdout.split('\n')[0]]).toEqual([0, `id: ${JOB_ID}`])
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual({
    image: 'python:3',
    jobContent: '#!/bin/sh\n# a.sh\n',
    cpu: '2:4',
    mem: '4',
    envs: ['A=1,2', 'B='],
    dataVolumes: [],
    customTags: { k: '' },
    publish: [],
    disableRerun: false,
  })
})

test.each([
  [['-i', 'x', '-j', 'abc.sh'], 'Error: open abc.sh: no such file or directory\n'],
  [['-j', 'abc.sh'], 'Error: open abc.sh: no such file or directory\n'],
  [[], 'Error: Invalid argument, --image is missing; "float image list" shows the library (code: 1003)\n'],
  [['-i', 'x', '-j', 's3://b/k'], 'Error: --job: a script from s3:// is not supported yet (code: 1006)\n'],
  [['-i', 'x', '--gateway', 'auto'], 'Error: --gateway is not supported yet (code: 1006)\n'],
  [
    ['-i', 'x', '-c', '4:2'],
    'Error: Invalid argument, --cpu: the maximum 2 is below the minimum 4 (code: 1003)\n',
  ],
  [
    ['-i', 'x', '--customTag', 'k'],
    'Error: Invalid argument, --customTag: "k" is not KEY:VALUE (code: 1003)\n',
  ],
])('submit %j is refused before anything is sent', async (flags, stderr) => {
  const world = worldWith({})
  const result = await world.float('submit', ...AUTH, ...flags)
  expect(result).toEqual({ code: 1, stdout: '', stderr })
  expect(world.requests).toEqual([])
})

const EVENTS = [
  anEvent(1, 0, 'Submitted', 'Submitted', 'submitted', 'accepted'),
  anEvent(2, 1.204, 'Starting', 'Executing', 'started', 'the program runs'),
  anEvent(3, 75, 'Executing', 'Executing', 'reclaimNotice', 'the cloud takes i-1 back in 30 s'),
]

test('show tells the job and its last events', async () => {
  const world = worldWith({
    [`GET /api/v1/jobs/${JOB_ID}`]: { body: aJob() },
    [`GET /api/v1/jobs/${JOB_ID}/events`]: { body: { events: EVENTS } },
  })
  const { stdout } = await world.float('show', ...AUTH, '-j', JOB_ID)
  expect(stdout).toContain('events:\n    - 05:30:00 accepted\n    - 05:30:01 the program runs\n')
})

test('events is a timeline', async () => {
  const world = worldWith({ [`GET /api/v1/jobs/${JOB_ID}/events`]: { body: { events: EVENTS } } })
  expect((await world.float('events', ...AUTH, '-j', JOB_ID)).stdout).toBe(
    [
      '05:30:00   +0.000s  ▸ Submitted        accepted\n',
      '05:30:01   +1.204s  ▸ Executing        the program runs\n',
      '05:31:15    +1m15s  ·                  the cloud takes i-1 back in 30 s\n',
    ].join(''),
  )
})

test.each([
  ['cancel', 'DELETE', '', 'Cancel request has been submitted\n'],
  ['hibernate', 'POST', '/suspend', 'Suspend request has been submitted\n'],
  ['restore', 'POST', '/resume', 'Resume request has been submitted\n'],
  ['snapshot', 'POST', '/snapshot', 'Snapshot request has been submitted\n'],
  ['requeue', 'POST', '/rerun', 'Rerun request has been submitted\n'],
  ['migrate', 'POST', '/migrate', 'Migrate request has been submitted\n'],
])('%s asks %s …%s', async (command, method, path, stdout) => {
  const world = worldWith({ [`${method} /api/v1/jobs/${JOB_ID}${path}`]: { status: 202, body: aJob() } })
  expect(await world.float(command, ...AUTH, '-f', '-j', JOB_ID)).toEqual({ code: 0, stdout, stderr: '' })
})

test('a job may be named by a word alone', async () => {
  const world = worldWith({ [`DELETE /api/v1/jobs/${JOB_ID}`]: { status: 202, body: aJob() } })
  expect((await world.float('scancel', JOB_ID, ...AUTH)).code).toBe(0)
})

test('a question is asked on a terminal only, and no means no', async () => {
  const answers = { [`DELETE /api/v1/jobs/${JOB_ID}`]: { status: 202, body: aJob() } }
  const asked: string[] = []
  const ask = (question: string) => Promise.resolve(asked.push(question) > 1 ? 'yes' : 'n')
  const world = worldWith(answers, { ask })
  expect((await world.float('cancel', ...AUTH, '-j', JOB_ID)).code).toBe(1)
  expect(world.requests).toEqual([])
  expect((await world.float('cancel', ...AUTH, '-j', JOB_ID)).code).toBe(0)
  expect(asked[0]).toBe('Cancel this job for good? [y/N] ')
})

test('a job that is not there is told with its code; a job that is not named, without', async () => {
  const gone = { status: 404, body: { code: 1002, message: 'Resource not found: job x' } }
  const world = worldWith({ 'POST /api/v1/jobs/x/resume': gone })
  expect((await world.float('resume', ...AUTH, '-j', 'x')).stderr).toBe(
    'Error: Resource not found: job x (code: 1002)\n',
  )
  expect(await world.float('resume', ...AUTH)).toMatchObject({ code: 2 })
})

const MOVE = `POST /api/v1/jobs/${JOB_ID}/migrate`
const JOB_EVENTS = `GET /api/v1/jobs/${JOB_ID}/events`
const moveEvents = (last: ReturnType<typeof anEvent>) => (_: unknown, call: number) => {
  if (call === 0) return { body: { events: EVENTS } }
  if (call === 1 || call === 2) return 'down' as const
  return {
    body: { events: call === 3 ? [anEvent(4, 80, 'Executing', 'Floating', 'frozen', 'frozen')] : [last] },
  }
}

test('migrate --sync waits through silence until the job runs again, and tells where', async () => {
  const world = worldWith({
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
  expect(world.requests.find((request) => request.method === 'POST')?.body).toBe('{"instType":"m5.xlarge"}')
  expect(world.requests.some((request) => request.path.endsWith('/events?after=3'))).toBe(true)
})

test('migrate --sync fails when the job stayed where it was', async () => {
  const world = worldWith({
    [MOVE]: { status: 202, body: aJob() },
    [JOB_EVENTS]: moveEvents(anEvent(5, 82, 'Capturing', 'Executing', 'captureFailed', 'could not be saved')),
  })
  expect(await world.float('migrate', ...AUTH, '--sync', '-f', '-j', JOB_ID)).toMatchObject({
    code: 1,
    stderr: 'Error: could not be saved\n',
  })
})

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
  const world = worldWith({ [LOG]: file(['a\nb\n']) })
  expect((await world.float(...argv, ...AUTH)).stdout).toBe('a\nb\n')
})

test.each([
  ['10', 'a\nb\nc'],
  ['2', 'b\nc'],
  ['0', ''],
])('log tail -n %s', async (lines, stdout) => {
  const world = worldWith({ [LOG]: file(['a\nb\nc']) })
  expect((await world.float('log', 'tail', '-n', lines, '-j', JOB_ID, ...AUTH)).stdout).toBe(stdout)
})

test('log tail --follow goes on through silence, and ends with the job after its last byte', async () => {
  const statuses = ['Executing', 'Executing', 'Floating', 'Executing', 'Completed'] as const
  const served = file(['1\n', '1\n2\n', '1\n2\n', '1\n2\n3\n', '1\n2\n3\n4\n'])
  const world = worldWith({
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
  const world = worldWith({
    [`GET /api/v1/jobs/${JOB_ID}`]: (_, call) => ({
      body: aJob({ status: call < 3 ? 'Executing' : 'Completed' }),
    }),
    [LOG]: file(['1\n2\n', '1\n', '1\n', '1\nB\n']),
  })
  const { stdout, stderr } = await world.float('log', 'tail', '--follow', '-j', JOB_ID, ...AUTH)
  expect(stdout).toBe('1\n2\nB\n')
  expect(stderr).toBe('float: the job went back to a checkpoint, and its log with it\n')
})

test('check fails when a row failed, and tells the fix', async () => {
  const openCenter = [
    { name: 'kernel', status: 'ok', found: '6.18', fix: '' },
    { name: 'criu', status: 'failed', found: 'missing', fix: 'apt-get install criu' },
  ]
  const world = worldWith({ 'GET /api/v1/health': { body: { openCenter, workers: [] } } })
  expect(await world.float('check', ...AUTH)).toEqual({
    code: 1,
    stdout:
      'OpCenter\n  ok       kernel  6.18\n  failed   criu    missing\n                   fix: apt-get install criu\n',
    stderr: '',
  })
})

test('status holds the words that clients look for', async () => {
  const body = {
    version: '0.1.0',
    licenseStatus: 'valid',
    startTime: '2026-11-23T05:00:00Z',
    jobs: { Executing: 2 },
    instances: 2,
  }
  const world = worldWith({ 'GET /api/v1/status': { body } })
  const { stdout } = await world.float('status', ...AUTH)
  expect(stdout).toContain('License Status: valid\n')
  expect(stdout).toContain('Up: 1h0m0s\n')
})

test('hosts shows price, market and how soon one is taken', async () => {
  const host = {
    id: 'i-1',
    address: '10.213.0.10',
    instanceType: 'm5.large',
    cpu: 2,
    memGB: 8,
    market: 'spot',
    pricePerHour: 0.0321,
    state: 'ready',
    job: JOB_ID,
    jobName: 'n',
    launchTime: '2026-11-23T05:58:00Z',
    interruptionTime: '2026-11-23T06:00:30Z',
  }
  const world = worldWith({ 'GET /api/v1/hosts': { body: { hosts: [host] } } })
  const { stdout } = await world.float('sinfo', ...AUTH)
  expect(
    stdout
      .split('\n')[3]
      ?.split('|')
      .map((cell) => cell.trim()),
  ).toEqual([
    '',
    'i-1',
    '10.213.0.10',
    'm5.large',
    '2',
    '8 GB',
    'Spot',
    '0.0321',
    'ready',
    JOB_ID,
    '2m00s',
    '30.0s',
    '',
  ])
})

test('drill passes the notice on', async () => {
  const world = worldWith({ [`POST /api/v1/jobs/${JOB_ID}/drill`]: { status: 202, body: aJob() } })
  const { stdout } = await world.float('drill', '-j', JOB_ID, '--notice', '30s', ...AUTH)
  expect(stdout).toContain('takes its instance back in 30s')
  expect(world.requests[0]?.body).toBe('{"notice":"30s"}')
})

test('migrations and image list are tables', async () => {
  const move = {
    trigger: 'reclaim',
    from: 'm5.large',
    to: 'm5.xlarge',
    startTime: '2026-11-23T05:58:00.123Z',
    bytes: 1_500_000,
    standStillMs: 2345,
    phases: { dump: 1200 },
    outcome: 'done',
  }
  const image = {
    name: 'python',
    tag: 'latest',
    uri: '',
    digest: 'sha256:0123456789abcdef',
    description: 'Python',
  }
  const world = worldWith({
    [`GET /api/v1/jobs/${JOB_ID}/migrations`]: { body: { migrations: [move] } },
    'GET /api/v1/images': { body: { images: [image] } },
  })
  expect((await world.float('migrations', '-j', JOB_ID, ...AUTH)).stdout).toContain('| 1.5 MB | 2.345s')
  expect((await world.float('mi', 'list', ...AUTH)).stdout).toContain('| python | latest |')
})

test.each([
  [['--help'], 0, 'Usage: float COMMAND'],
  [['submit', '-h'], 0, 'Usage: float submit'],
  [['help', 'drill'], 0, 'Usage: float drill'],
  [[], 0, 'Usage: float COMMAND'],
])('%j helps', async (argv, code, text) => {
  const result = await worldWith({}).float(...argv)
  expect([result.code, result.stdout.includes(text)]).toEqual([code, true])
})

test.each([
  [['bogus'], 2, 'Error: unknown command "bogus"'],
  [['gateway', 'list'], 1, 'Error: gateway is not supported yet (code: 1006)'],
  [['list', '-F', 'xml'], 2, 'Error: --format: "xml" is none of'],
  [['log', 'rm', '-j', 'x'], 2, 'Error: log: "rm" is none of'],
])('%j is an error', async (argv, code, text) => {
  const result = await worldWith({}).float(...argv)
  expect([result.code, result.stdout]).toEqual([code, ''])
  expect(result.stderr).toContain(text)
})
