import { expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

test('submit uploads the script and every flag, and prints the job', async () => {
  const world = fakeWorld(
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
    storage: [],
    customTags: { k: '' },
    publish: [],
    allowFrom: [],
    dirMaps: [],
    withRoot: false,
    disableRerun: false,
    disableMigrate: false,
  })
})

test('a person at a terminal sees what will be made, and at what price, before it is', async () => {
  const offer = { provider: 'local', cpu: 2, memGB: 1, market: 'spot', pricePerHour: 0.0031 }
  const offers = [{ ...offer, instanceType: 't3.micro' }]
  const answers = ['n', 'y']
  const world = fakeWorld(
    {
      'POST /api/v1/offers': { body: { need: '1 vCPU, 1 GB, spotFirst', offers } },
      'POST /api/v1/jobs': { status: 201, body: aJob({ status: 'Submitted' }) },
    },
    { ask: async () => answers.shift() ?? '' },
  )
  const refused = await world.float('submit', ...AUTH, '-i', 'python')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('would get t3.micro (Spot) at 0.0031 USD/h now')
  expect(world.requests.map(({ path }) => path)).toEqual(['/api/v1/offers'])
  expect((await world.float('submit', ...AUTH, '-i', 'python')).stdout).toContain(`id: ${JOB_ID}`)
})

test('an answer that was lost on the way is asked for again under the same key', async () => {
  const world = fakeWorld({
    'POST /api/v1/jobs': (_, call) => (call < 2 ? 'brokenOff' : { status: 201, body: aJob() }),
  })
  expect((await world.float('submit', ...AUTH, '-i', 'python', '-f')).stdout).toContain(`id: ${JOB_ID}`)
  const keys = world.requests.map(({ headers }) => headers['idempotency-key'])
  expect([keys.length, new Set(keys).size]).toEqual([3, 1])
  await world.float('submit', ...AUTH, '-i', 'python', '-f')
  expect(world.requests[3]?.headers['idempotency-key']).not.toBe(keys[0])
})

test('a script for Python without its first line is not given to the shell', async () => {
  const world = fakeWorld({}, { readFile: () => 'import numpy\n' })
  const { code, stderr } = await world.float('submit', ...AUTH, '-i', 'python', '-j', 'grow.py')
  expect([code, stderr]).toEqual([
    1,
    'Error: grow.py does not begin with "#!", so that /bin/sh would run it; make its first line #!/usr/bin/env python3\n',
  ])
  expect(world.requests).toEqual([])
})

test('where nobody listens nothing is waited for', async () => {
  const world = fakeWorld({ 'POST /api/v1/jobs': 'down' })
  expect((await world.float('submit', ...AUTH, '-i', 'python', '-f')).code).toBe(3)
  expect(world.requests).toHaveLength(1)
})

test('a template may leave the image out', async () => {
  const world = fakeWorld({ 'POST /api/v1/jobs': { status: 201, body: aJob() } })
  const flags = ['--template', 'private::nightly:1', '--overwriteTemplate', '*', '--cpu', '8']
  expect((await world.float('submit', ...AUTH, ...flags)).code).toBe(0)
  expect(JSON.parse(world.requests[0]?.body ?? '')).toMatchObject({
    template: 'private::nightly:1',
    overwriteTemplate: '*',
    cpu: '8',
  })
})

test('a dry run makes nothing and shows what it would get, and why nothing else', async () => {
  const offer = { provider: 'local', cpu: 2, memGB: 1, market: 'spot', pricePerHour: 0.0031 }
  const offers = [
    { ...offer, instanceType: 't3.micro' },
    { ...offer, instanceType: 't2.micro', pricePerHour: 0.0035, rejected: 'dearer' },
  ]
  const world = fakeWorld({ 'POST /api/v1/offers': { body: { need: '1 vCPU, 1 GB, spotFirst', offers } } })
  const flags = ['-i', 'python', '--allowList', '[t*]', '--dry-run']
  expect(await world.float('submit', ...AUTH, ...flags)).toEqual({
    code: 0,
    stderr: '',
    stdout: `1 vCPU, 1 GB, spotFirst: would get t3.micro (Spot) at 0.0031 USD/h now
+---+----------+-----+--------+--------+--------+---------+
|   | TYPE     | CPU | MEM GB | MARKET | USD/H  | WHY NOT |
+---+----------+-----+--------+--------+--------+---------+
| ✓ | t3.micro | 2   | 1      | Spot   | 0.0031 |         |
|   | t2.micro | 2   | 1      | Spot   | 0.0035 | dearer  |
+---+----------+-----+--------+--------+--------+---------+
`,
  })
  expect(JSON.parse(world.requests[0]?.body ?? '')).toMatchObject({ image: 'python', allowList: '[t*]' })
  const json = await world.float('submit', ...AUTH, ...flags, '--format', 'json')
  expect(JSON.parse(json.stdout)).toEqual({ need: '1 vCPU, 1 GB, spotFirst', offers })
})

test.each([
  [['-i', 'x', '-j', 'abc.sh'], 'Error: open abc.sh: no such file or directory\n'],
  [['-j', 'abc.sh'], 'Error: open abc.sh: no such file or directory\n'],
  [[], 'Error: Invalid argument, --image is missing; "float image list" shows the library (code: 1003)\n'],
  [['-i', 'x', '-j', 's3://b'], 'Error: --job: "s3://b" is not s3://BUCKET/KEY\n'],
  [
    ['-i', 'x', '-j', 'ftp://h/x.sh'],
    'Error: --job: ftp:// is not read; a file, http://, https:// and s3:// are\n',
  ],
  [['-i', 'x', '-j', 'https://h/x.sh'], 'Error: https://h/x.sh answers 404 Not Found\n'],
  [
    ['-i', 'x', '--zone', 'a'],
    'Error: --zone: this cloud has one zone, the machine it runs on; leave it out (code: 1006)\n',
  ],
  [
    ['-i', 'x', '--denyList', '[m5;*]'],
    'Error: Invalid argument, --denyList: "m5;*" is not an instance type like r5* or m5.large (code: 1003)\n',
  ],
  [
    ['-i', 'x', '-t', 'm5.large', '--denyList', 'm5*'],
    'Error: Invalid argument, --instType: m5.large is on the denyList: m5* (code: 1003)\n',
  ],
  [
    ['-i', 'x', '--gateway', 'auto'],
    'Error: Invalid argument, --gateway: which port of the job? --targetPort PORT (code: 1003)\n',
  ],
  [
    ['-i', 'x', '-c', '4:2'],
    'Error: Invalid argument, --cpu: the maximum 2 is below the minimum 4 (code: 1003)\n',
  ],
  [
    ['-i', 'x', '--customTag', 'k'],
    'Error: Invalid argument, --customTag: "k" is not KEY:VALUE (code: 1003)\n',
  ],
])('submit %j is refused before anything is sent', async (flags, stderr) => {
  const world = fakeWorld({})
  const result = await world.float('submit', ...AUTH, ...flags)
  expect(result).toEqual({ code: 1, stdout: '', stderr })
  expect(world.requests).toEqual([])
})
