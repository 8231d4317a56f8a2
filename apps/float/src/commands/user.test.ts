import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const ANN = { name: 'ann', number: 1, role: 'user' }
const SESSION = { 'GET /api/v1/session': { body: { username: 'admin', userNumber: 0, role: 'admin' } } }

test('a new user’s password is asked for twice, hidden', async () => {
  const asked: unknown[] = []
  const ask = async (question: string, { hidden }: { hidden: boolean }) => {
    asked.push([question, hidden])
    return 'correct horse'
  }
  const world = fakeWorld({ 'POST /api/v1/users': { status: 201, body: ANN } }, { ask })
  const { code, stdout } = await world.float('user', 'add', 'ann', ...AUTH)
  expect([code, asked]).toEqual([
    0,
    [
      ['New password: ', true],
      ['confirm password: ', true],
    ],
  ])
  expect(stdout).toContain('| ann ')
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual({ name: 'ann', password: 'correct horse' })
})

test('two that differ change nothing; without a terminal there is a file', async () => {
  const answers = ['one password', 'another one']
  const world = fakeWorld({}, { ask: async () => answers.shift() ?? '' })
  expect((await world.float('user', 'add', 'ann', ...AUTH)).stderr).toContain('differ')
  const silent = fakeWorld(
    { 'POST /api/v1/users': { status: 201, body: ANN } },
    { readFile: () => 'from a file\n' },
  )
  expect((await silent.float('user', 'add', 'ann', ...AUTH)).stderr).toContain('--passwordFile')
  await silent.float('user', 'add', 'ann', '--role', 'viewer', '--passwordFile', 'f', ...AUTH)
  expect(JSON.parse(silent.requests[0]?.body ?? '')).toMatchObject({
    password: 'from a file',
    role: 'viewer',
  })
})

test('one’s own password needs the present one', async () => {
  const world = fakeWorld(
    { ...SESSION, 'PATCH /api/v1/users/admin': { body: ANN } },
    { readFile: () => 'new password' },
  )
  const { code } = await world.float('user', 'passwd', '--passwordFile', 'f', ...AUTH)
  expect([code, JSON.parse(world.requests.at(-1)?.body ?? '')]).toEqual([
    0,
    { password: 'new password', currentPassword: 'pw' },
  ])
})

test.each([
  [['user', 'dance'], 'is not list'],
  [['user', 'add'], 'name of a user is missing'],
  [['user', 'role', 'ann', 'king'], 'none of viewer, user, admin'],
])('%j is refused in words', async (argv, words) => {
  const { code, stderr } = await fakeWorld({}).float(...argv, ...AUTH)
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
})
