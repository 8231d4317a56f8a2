import { expect, test } from 'vitest'
import { AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const SECRETS = '/api/v1/secrets'
const SET = { [`POST ${SECRETS}`]: { status: 201, body: { name: 'a' } } }
const QUIET = { code: 0, stdout: '', stderr: '' }

test.each([
  [['db-pass', 'hush hush'], { name: 'db-pass', value: 'hush hush' }],
  [['a_1', ''], { name: 'a_1', value: '' }],
  [['a', '--file', 'key.pem'], { name: 'a', value: 'hush\n' }],
  [['--file=key.pem', 'a'], { name: 'a', value: 'hush\n' }],
  [['a', '--', '-hush'], { name: 'a', value: '-hush' }],
  [['a'], { name: 'a', value: 'asked' }],
])('secret set %j', async (words, body) => {
  const world = fakeWorld(SET, { readFile: () => 'hush\n', ask: async () => 'asked' })
  expect(await world.float('secret', ...AUTH, 'set', ...words)).toEqual(QUIET)
  expect(JSON.parse(world.requests[0]?.body ?? '')).toEqual(body)
})

test('get prints the value and nothing more; a person’s prompt begins on a line of its own', async () => {
  const answers = { [`GET ${SECRETS}/a-b_1`]: { body: { name: 'a-b_1', value: ' hush' } } }
  const get = ['secret', ...AUTH, 'get', 'a-b_1']
  expect(await fakeWorld(answers).float(...get)).toEqual({ ...QUIET, stdout: ' hush' })
  const screen = { columns: () => 80 } as never
  expect(await fakeWorld(answers, { screen }).float(...get)).toEqual({ ...QUIET, stdout: ' hush\n' })
})

test('inside a job get needs no login', async () => {
  const world = fakeWorld(
    { [`GET ${SECRETS}/a`]: { body: { name: 'a', value: 'hush' } } },
    { env: { FLOAT_JOB_ID: JOB_ID, FLOAT_ADDR: '10.254.253.1:443' } },
  )
  expect(await world.float('secret', 'get', 'a')).toEqual({ ...QUIET, stdout: 'hush' })
  expect(world.requests[0]?.headers).not.toHaveProperty('authorization')
})

test('ls tells names', async () => {
  const answers = { [`GET ${SECRETS}`]: { body: { secrets: [{ name: 'a' }, { name: 'b-c' }] } } }
  const { stdout } = await fakeWorld(answers).float('secret', ...AUTH, 'ls')
  expect(stdout).toBe('+------+\n| NAME |\n+------+\n| a    |\n| b-c  |\n+------+\n')
  const none = { [`GET ${SECRETS}`]: { body: { secrets: [] } } }
  expect((await fakeWorld(none).float('secret', ...AUTH, 'ls')).stdout).toBe('No secrets\n')
})

test('unset forgets one', async () => {
  const world = fakeWorld({ [`DELETE ${SECRETS}/a`]: { body: { name: 'a' } } })
  expect(await world.float('secret', ...AUTH, 'unset', 'a')).toEqual(QUIET)
})

test.each([
  [['set', 'a', 'hush', 'hush'], 2, 'give one VALUE'],
  [['set', 'a', 'hush', '--file', 'f'], 2, 'give one VALUE'],
  [['set', 'a'], 2, 'the value is missing'],
  [['set'], 2, 'the name of a secret is missing'],
  [['set', 'a', '--file', 'f'], 1, 'f is not text'],
  [['set', 'a.b', 'hush'], 1, 'letters, digits'],
  [['get', '../jobs'], 1, 'letters, digits'],
  [['get'], 2, 'the name of a secret is missing'],
  [['show', 'hush'], 2, '"show" is not set, get, ls or unset'],
])(
  'secret %j is refused before anything is sent, and the value is not repeated',
  async (words, code, said) => {
    const world = fakeWorld({}, { readFile: () => 'hush\uFFFD' })
    const result = await world.float('secret', ...AUTH, ...words)
    expect(result).toEqual({ code, stdout: '', stderr: expect.stringContaining(said) as string })
    expect(result.stderr).not.toContain('hush')
    expect(world.requests).toEqual([])
  },
)
