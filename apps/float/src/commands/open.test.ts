import { expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'
import type { World } from '../world.ts'

const TWO = ['8888:80 -> 10.213.0.10:8888', '80:8000 -> 10.213.0.10:80']

const world = (job: Partial<Parameters<typeof aJob>[0]> = {}, changes: Partial<World> = {}) =>
  fakeWorld({ [`GET /api/v1/jobs/${JOB_ID}`]: { body: aJob(job) } }, changes)

test('the address is printed, and shown where there is a desktop', async () => {
  const opened: string[] = []
  const { float } = world({}, { openPage: (url) => void opened.push(url) })
  const { code, stdout, stderr } = await float('open', '-j', JOB_ID, ...AUTH)
  expect([code, stdout, stderr]).toEqual([0, 'http://10.213.0.10:8888\n', ''])
  expect(opened).toEqual(['http://10.213.0.10:8888'])
})

test('what does not answer yet is said and not opened', async () => {
  const opened: string[] = []
  const { float } = world(
    {},
    { answers: () => Promise.resolve(false), openPage: (url) => void opened.push(url) },
  )
  const { code, stdout, stderr } = await float('open', '-j', JOB_ID, ...AUTH)
  expect([code, stdout]).toEqual([0, 'http://10.213.0.10:8888\n'])
  expect(stderr).toContain('Nothing answers there yet')
  expect(opened).toEqual([])
})

test('a program gets one value and no window', async () => {
  const opened: string[] = []
  const { float } = world({}, { openPage: (url) => void opened.push(url) })
  const { stdout } = await float('open', JOB_ID, '--format', 'json', ...AUTH)
  expect(JSON.parse(stdout)).toEqual({ url: 'http://10.213.0.10:8888', answers: true })
  expect(opened).toEqual([])
})

test.each([
  ['80', 'http://10.213.0.10:80\n'],
  ['8888', 'http://10.213.0.10:8888\n'],
  ['8000', 'http://10.213.0.10:80\n'],
])('port %s of several is found by either side of it', async (port, url) => {
  const { stdout } = await world({ portMappings: TWO }).float('open', '-j', JOB_ID, port, ...AUTH)
  expect(stdout).toBe(url)
})

test.each([
  [[], { portMappings: TWO }, 2, 'which port? the job publishes 8888, 80'],
  [['9'], { portMappings: TWO }, 1, 'does not publish port 9, but 8888, 80'],
  [['http'], {}, 2, '"http" is not a port'],
  [[], { portMappings: [] }, 1, 'submit it with --publish PORT'],
  [
    [],
    { portMappings: [], publicIP: '', status: 'Suspended' as const },
    1,
    'is Suspended and on no instance',
  ],
])('open %j is refused in words', async (words, job, exit, sentence) => {
  const { code, stdout, stderr } = await world(job).float('open', '-j', JOB_ID, ...words, ...AUTH)
  expect([code, stdout]).toEqual([exit, ''])
  expect(stderr).toContain(sentence)
})
