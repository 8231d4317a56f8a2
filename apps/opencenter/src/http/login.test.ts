import { expect, test } from 'vitest'
import { basic, openTestApi } from './test-api.ts'

const DAY_MS = 86_400_000

test('login gives a token in the header that is sent back verbatim, until it ends', async () => {
  const { call, time } = await openTestApi()
  const { status, headers, body } = await call('GET', '/api/v1/login')
  expect(status).toBe(200)
  expect(body).toMatchObject({ username: 'admin', role: 'admin', userNumber: 0 })
  const token = String(headers['authorization'])
  time.now += DAY_MS - 1_000
  expect((await call('GET', '/api/v1/session', undefined, token)).status).toBe(200)
  time.now += DAY_MS - 1_000
  expect((await call('GET', '/api/v1/status', undefined, token)).status).toBe(200)
  expect((await call('DELETE', '/api/v1/session', undefined, token)).status).toBe(200)
  expect(await call('GET', '/api/v1/session', undefined, token)).toMatchObject({
    status: 401,
    body: { code: 1001 },
  })
})

test('a session that was not used ends', async () => {
  const { call, time } = await openTestApi()
  const token = String((await call('GET', '/api/v1/login')).headers['authorization'])
  time.now += DAY_MS + 1
  expect((await call('GET', '/api/v1/session', undefined, token)).status).toBe(401)
})

test('only wrong passwords are counted, and then everybody who has not been verified waits', async () => {
  const { call, time } = await openTestApi()
  const login = (password: string) => call('GET', '/api/v1/login', undefined, basic('admin', password))
  for (let i = 0; i < 20; i++) expect((await login('right')).status).toBe(200)
  for (let i = 0; i < 10; i++) expect((await login('wrong')).status).toBe(401)
  expect(await login('wrong')).toMatchObject({ status: 429, body: { code: 1008 } })
  expect((await login('right')).status).toBe(200)
  time.now += 61_000
  expect((await login('wrong')).status).toBe(401)
})

test('guesses at once are counted too, and many calls at once with the right password are none', async () => {
  const { call } = await openTestApi()
  const login = async (password: string): Promise<number> =>
    (await call('GET', '/api/v1/login', undefined, basic('admin', password))).status
  const right = await Promise.all(Array.from({ length: 30 }, () => login('right')))
  expect(new Set(right)).toEqual(new Set([200]))
  const guesses = await Promise.all(Array.from({ length: 30 }, (_, n) => login(`wrong-${n}`)))
  expect(guesses.filter((status) => status === 401)).toHaveLength(10)
  expect(guesses.filter((status) => status === 429)).toHaveLength(20)
})

test('without credentials only the version is told', async () => {
  const { call } = await openTestApi()
  expect((await call('GET', '/api/v1/jobPages', undefined, '')).status).toBe(401)
  expect(await call('GET', '/api/v1/version', undefined, '')).toMatchObject({ body: { version: '1.2.3' } })
  expect((await call('GET', '/api/v1/nonsense', undefined, '')).status).toBe(404)
})
