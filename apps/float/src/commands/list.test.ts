import { expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

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

test('list is a table of one row a job, whose borders are single words', async () => {
  const world = fakeWorld({ 'GET /api/v1/jobSummaries': { body: { jobs: [SUMMARY] } } })
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
  const world = fakeWorld({
    'GET /api/v1/jobPages': (_, call) => ({ body: { Jobs: call === 0 ? [] : [aJob()] } }),
  })
  expect((await world.float('list', ...AUTH, '--format', 'json')).stdout).toBe('[]\n')
  expect(JSON.parse((await world.float('ls', ...AUTH, '-F', 'json')).stdout)).toEqual([aJob()])
})
