import { expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const CHANGE = `PATCH /api/v1/jobs/${JOB_ID}`

test('modify sends what changes and nothing else', async () => {
  const world = fakeWorld({ [CHANGE]: { status: 202, body: aJob() } })
  const flags = ['-M', '[mem.step=100]', '-m', '2:16', '--addCustomTag', 'a:1', '--addCustomTag', 'b:x:y']
  expect(await world.float('modify', ...AUTH, '-j', JOB_ID, ...flags)).toEqual({
    code: 0,
    stdout: 'Modify request has been submitted\n',
    stderr: '',
  })
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual({
    migratePolicy: '[mem.step=100]',
    mem: '2:16',
    customTags: { a: '1', b: 'x:y' },
  })
})

test.each([
  [[], 'nothing to change'],
  [['-c', '4:2'], '--cpu: the maximum 2 is below the minimum 4'],
  [['--vmPolicy', '[sometimes=true]'], '--vmPolicy'],
  [['--addCustomTag', 'k'], '--addCustomTag: "k" is not KEY:VALUE'],
])('modify %j is refused before anything is sent', async (flags, sentence) => {
  const world = fakeWorld({})
  const { code, stderr } = await world.float('modify', ...AUTH, '-j', JOB_ID, ...flags)
  expect(code).not.toBe(0)
  expect(stderr).toContain(sentence)
  expect(world.requests).toEqual([])
})

test('submit takes a migration policy, and refuses a wrong one by its key', async () => {
  const world = fakeWorld({ 'POST /api/v1/jobs': { status: 201, body: aJob() } })
  expect((await world.float('submit', ...AUTH, '-i', 'x', '-M', 'enable=true')).code).toBe(0)
  expect(JSON.parse(world.requests[0]?.body ?? '')).toMatchObject({ migratePolicy: 'enable=true' })
  const wrong = await world.float('submit', ...AUTH, '-i', 'x', '-M', '[cpu.lowerBoundRatio=95]')
  expect(wrong.stderr).toContain('cpu.lowerBoundRatio: 95 is not below cpu.upperBoundRatio 90')
})
