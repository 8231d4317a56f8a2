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
  const world = fakeWorld({})
  const result = await world.float('submit', ...AUTH, ...flags)
  expect(result).toEqual({ code: 1, stdout: '', stderr })
  expect(world.requests).toEqual([])
})
