import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const LAB = { name: 'lab', members: ['ann', 'bob'] }
const answers = {
  'POST /api/v1/groups': { status: 201, body: { name: 'lab', members: [] } },
  'POST /api/v1/groups/lab/members': { status: 201, body: LAB },
  'GET /api/v1/groups': { body: { groups: [{ name: 'all', members: [] }, LAB] } },
  'DELETE /api/v1/groups/lab/members/eve': { body: LAB },
  'DELETE /api/v1/groups/lab': { body: {} },
}

test('a group is made with its users, and shown', async () => {
  const world = fakeWorld(answers)
  const { code, stdout } = await world.float('group', 'add', 'lab', 'ann', 'bob', ...AUTH)
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\| lab +\| ann, bob +\|$/m)])
  expect(stdout).not.toContain('all')
  expect(world.requests.map(({ method, body }) => [method, body && JSON.parse(body)])).toEqual([
    ['POST', { name: 'lab' }],
    ['POST', { user: 'ann' }],
    ['POST', { user: 'bob' }],
    ['GET', undefined],
  ])
})

test('users leave it, and it is deleted without a question where that was said', async () => {
  expect((await fakeWorld(answers).float('group', 'leave', 'lab', 'eve', ...AUTH)).code).toBe(0)
  const { stdout } = await fakeWorld(answers).float('group', 'delete', '-f', 'lab', ...AUTH)
  expect(stdout).toBe('Deleted group lab\n')
})

test.each([
  [['join', 'lab'], 'name the users'],
  [['add'], 'the name of a group is missing'],
  [['rename', 'lab'], '"rename" is not list'],
])('group %j is refused', async (words, sentence) => {
  const { code, stderr } = await fakeWorld(answers).float('group', ...words, ...AUTH)
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
})
