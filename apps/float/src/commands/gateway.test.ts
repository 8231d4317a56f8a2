import { expect, test } from 'vitest'
import { AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const GW = `g-${'a'.repeat(21)}`
const GATEWAY = {
  id: GW,
  user: 'ada',
  createTime: '2026-11-23T05:30:00Z',
  connections: [
    { job: JOB_ID, jobName: 'nb', status: 'Executing', targetPort: 8888, address: '127.0.0.1:20000' },
  ],
}

test('connect asks for the port, and tells where it is reached', async () => {
  const world = fakeWorld({ [`POST /api/v1/gateways/${GW}/connections`]: { status: 201, body: GATEWAY } })
  const { stdout } = await world.float(
    'gateway',
    'connect',
    ...AUTH,
    '-g',
    GW,
    '-j',
    JOB_ID,
    '--targetPort',
    '8888',
  )
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual({ job: JOB_ID, targetPort: 8888 })
  expect(stdout).toBe(
    `id: ${GW}\nuser: ada\ncreateTime: "2026-11-23T05:30:00Z"\nconnections:\n    - 127.0.0.1:20000 -> port 8888 of job ${JOB_ID} (nb, Executing)\n`,
  )
})

test('list is a table, a row for each', async () => {
  const world = fakeWorld({ 'GET /api/v1/gateways': { body: { gateways: [GATEWAY] } } })
  expect((await world.float('gateway', 'list', ...AUTH)).stdout).toContain(
    `| ${GW} | ada  | 2026-11-23T05:30:00Z | 127.0.0.1:20000 -> ${JOB_ID}:8888 |`,
  )
})

test.each([
  [['connect', '-j', JOB_ID], 'gateway: which one? name it with -g GW; "float gateway list" shows them'],
  [
    ['connect', '-g', 'mine', '-j', JOB_ID],
    'gateway: "mine" is not the id of one, like g- and 21 letters or digits',
  ],
  [['connect', '-g', GW, '-j', JOB_ID, '--targetPort', 'x'], '--targetPort: "x" is not a port'],
  [['open'], 'gateway: "open" is not create, list, info, connect, disconnect or destroy'],
])('gateway %j is refused before anything is sent', async (words, sentence) => {
  const world = fakeWorld({})
  const { code, stderr } = await world.float('gateway', ...words, ...AUTH)
  expect([code, stderr, world.requests]).toEqual([2, `Error: ${sentence}\n`, []])
})
