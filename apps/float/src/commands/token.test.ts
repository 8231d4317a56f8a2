import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const MADE = { name: 'ci', createTime: '2026-11-23T05:30:00Z', expiresAt: '2026-12-23T05:30:00Z' }

test('a new token is alone on standard output', async () => {
  const world = fakeWorld({ 'POST /api/v1/tokens': { status: 201, body: { ...MADE, token: 'Bearer x' } } })
  const { stdout, stderr } = await world.float('token', 'create', 'ci', '--expires', '30d', ...AUTH)
  expect([stdout, stderr]).toEqual(['Bearer x\n', expect.stringContaining('never again')])
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual({ name: 'ci', expires: '30d' })
})

test.each([
  [['-O', 'Bearer x'], {}],
  [['-O', 'x'], {}],
  [[], { FLOAT_TOKEN: 'x' }],
])('it comes by %j, %j', async (flags, env) => {
  const world = fakeWorld({ 'GET /api/v1/jobSummaries': { body: { jobs: [] } } }, { env })
  expect((await world.float('list', '-a', 'h:1', ...flags)).code).toBe(0)
  expect(world.requests[0]?.headers['authorization']).toBe('Bearer x')
})
