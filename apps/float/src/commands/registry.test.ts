import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const LOGIN = { registry: 'quay.io', username: 'lab' }
const answers = { 'POST /api/v1/registries': { status: 201, body: LOGIN } }

test('the password is asked for, hidden, and not shown', async () => {
  const asked: unknown[] = []
  const ask = async (question: string, options: { hidden: boolean }) => {
    asked.push([question, options.hidden])
    return 'token'
  }
  const world = fakeWorld(answers, { ask })
  const { code, stdout } = await world.float('registry', 'login', 'quay.io', '--account', 'lab', ...AUTH)
  expect([code, asked]).toEqual([0, [['Password of lab at quay.io: ', true]]])
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual({ ...LOGIN, password: 'token' })
  expect(stdout).not.toContain('token')
})

test.each([
  [['login', 'quay.io'], '--account NAME'],
  [['login', 'quay.io', '--account', 'lab'], '--passwordFile FILE'],
  [['logout'], 'name the registry'],
  [['add'], '"add" is not list'],
])('registry %j is refused', async (words, sentence) => {
  const { code, stderr } = await fakeWorld(answers).float('registry', ...words, ...AUTH)
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
})
