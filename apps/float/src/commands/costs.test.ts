import { expect, test } from 'vitest'
import { grewTwice, veryShort } from '@mmcloud/report/fake-stories'
import { answersOf } from '@mmcloud/report/fake-story'
import { AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const sums = (total: number) => ({
  total,
  spot: total * 0.7,
  onDemand: total * 0.2,
  volumes: total * 0.1,
  allOnDemand: total * 3,
  largestFromTheStart: total / 2,
  savedAgainstOnDemand: total * 2,
  savedAgainstLargest: -total / 2,
})
const COSTS = {
  rows: [
    { key: 'ann', jobs: 3, ...sums(1.25) },
    { key: '', jobs: 1, ...sums(0.0004) },
  ],
  sum: sums(1.2504),
}

test('a row each, and the sum below', async () => {
  const world = fakeWorld({ 'GET /api/v1/costs': { body: COSTS } })
  const { stdout } = await world.float('costs', ...AUTH, '--by', 'tag:owner', '-f', 'status=Completed')
  expect(stdout).toMatchInlineSnapshot(`
    "+-----------+------+---------+-----------+----------+---------+---------------+---------+------------------+
    | tag:owner | JOBS | SPOT    | ON DEMAND | DISKS    | TOTAL   | ALL ON DEMAND | SAVED   | SAVED ON LARGEST |
    +-----------+------+---------+-----------+----------+---------+---------------+---------+------------------+
    | ann       | 3    | 0.8750  | 0.2500    | 0.1250   | 1.2500  | 3.7500        | 2.5000  | -0.6250          |
    | (none)    | 1    | 0.00028 | 0.000080  | 0.000040 | 0.00040 | 0.0012        | 0.00080 | -0.00020         |
    +-----------+------+---------+-----------+----------+---------+---------------+---------+------------------+
    | sum       | 4    | 0.8753  | 0.2501    | 0.1250   | 1.2504  | 3.7512        | 2.5008  | -0.6252          |
    +-----------+------+---------+-----------+----------+---------+---------------+---------+------------------+
    "
  `)
  expect(world.requests[0]?.path).toBe('/api/v1/costs?by=tag%3Aowner&filter=status%3DCompleted')
})

test.each([
  ['7d', '2026-11-16T06:00:00Z'],
  ['2026-11-01', '2026-11-01T00:00:00Z'],
])('--since %s asks for %s', async (text, time) => {
  const world = fakeWorld({ 'GET /api/v1/costs': { body: { rows: [], sum: sums(0) } } })
  expect((await world.float('costs', ...AUTH, '--since', text)).stdout).toBe('No jobs\n')
  expect(new URL(world.requests[0]?.path ?? '', 'https://h').searchParams.get('since')).toBe(time)
})

test('a time that is none is refused before anything is sent', async () => {
  const world = fakeWorld({})
  const { code, stderr } = await world.float('costs', ...AUTH, '--since', 'soon')
  expect([code, stderr]).toEqual([
    1,
    'Error: Invalid argument, --since: "soon" is not a time like 2026-11-23T05:30:00Z (code: 1003)\n',
  ])
})

test('one job with its hint', async () => {
  const { stdout } = await fakeWorld(answersOf(grewTwice())).float('costs', ...AUTH, '-j', JOB_ID)
  expect(stdout).toMatchInlineSnapshot(`
    "job              abcdefghij0123456789k flights-by-month
    cost             0.0024 USD
                     0.0024 spot, 0.0000 on demand, 0.000047 disks
    all on demand    0.0073 USD: saved 0.0050 (68 %)
    largest at once  0.0123 USD: saved 0.0099 (81 %)
    next time        --cpu 1:2 --mem 2:8
                     it used 0.9 cores half of the time and up to 1.8 for 95 % of it, 1.4 GiB of memory
                     half of the time and 5.9 GiB at most
    "
  `)
  const short = await fakeWorld(answersOf(veryShort())).float('costs', ...AUTH, '-j', JOB_ID)
  expect(short.stdout).toContain('next time        too little was measured to say\n')
})

test('as json the answer as it is', async () => {
  const world = fakeWorld({ 'GET /api/v1/costs': { body: COSTS } })
  expect(JSON.parse((await world.float('costs', ...AUTH, '-F', 'json')).stdout)).toEqual(COSTS)
})
