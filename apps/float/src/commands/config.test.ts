import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const settings = [
  { name: 'listen', value: '127.0.0.1:8443', setBy: '--listen' },
  { name: 'local.noticeSeconds', value: '30', setBy: 'OPCENTER_LOCAL_NOTICE' },
]
const answers = { 'GET /api/v1/settings': { body: { settings } } }

test('settings are listed, and one of them printed bare', async () => {
  const listed = await fakeWorld(answers).float('config', ...AUTH)
  expect(listed.stdout).toMatch(/\| local\.noticeSeconds +\| 30 +\| OPCENTER_LOCAL_NOTICE/)
  expect((await fakeWorld(answers).float('config', 'get', 'local.noticeSeconds', ...AUTH)).stdout).toBe(
    '30\n',
  )
})

test.each([
  [['get', 'nope'], 1, '1002'],
  [['set', 'listen', 'x'], 2, 'when it starts'],
  [['reset'], 2, '"reset" is not'],
])('config %j is refused', async (words, code, sentence) => {
  const ran = await fakeWorld(answers).float('config', ...words, ...AUTH)
  expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(sentence)])
})
