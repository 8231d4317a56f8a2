import type { Transport, TransportRequest } from '@mmcloud/client'
import { expect, test } from 'vitest'
import { type Login, sessionOver } from './open-center.ts'

/** An OpCenter with one user and sessions that a test can end. */
const start = () => {
  const asked: string[] = []
  const valid = {
    login: { address: 'a', username: 'ann', password: 'right' } as Login,
    sessions: new Set<string>(),
  }
  const clock = { now: 0 }
  const given = { login: valid.login }
  const answer = (over: string) => async (request: TransportRequest) => {
    const path = request.path.split('?')[0]!
    asked.push(`${over} ${path}`)
    const { authorization = '' } = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    const reply = (status: number, body: object, headers = {}) => ({
      status,
      headers,
      body: Buffer.from(JSON.stringify(body)),
    })
    const refused = reply(401, { code: 1001, message: 'Wrong user name or password' })
    if (!path.endsWith('/login')) return valid.sessions.has(authorization) ? reply(200, {}) : refused
    const { username, password } = valid.login
    if (authorization !== `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`) return refused
    const token = `Bearer ${asked.length}`
    valid.sessions.add(token)
    return reply(200, {}, { authorization: token })
  }
  const transports = { submits: answer('submits') as Transport, others: answer('others') as Transport }
  const center = sessionOver(
    transports,
    () => given.login,
    () => clock.now,
  )
  const logins = (): number => asked.filter((each) => each.endsWith('/login')).length
  return { asked, center, clock, given, logins, valid }
}

test('one login serves all that is asked at once, and a session that has ended is renewed once', async () => {
  const { asked, center, logins, valid } = start()
  await Promise.all([center.call('version'), center.call('version'), center.call('submitJob', { body: {} })])
  expect([logins(), asked.filter((each) => each.startsWith('submits'))]).toEqual([
    1,
    ['submits /api/v1/jobs'],
  ])
  valid.sessions.clear()
  await Promise.all([center.call('version'), center.call('version')])
  expect(logins()).toBe(2)
})

test('a login that is refused is not tried again for a minute: the OpCenter counts them for all at this address', async () => {
  const { center, clock, given, logins, valid } = start()
  given.login = { ...valid.login, password: 'wrong' }
  for (let call = 0; call < 5; call += 1)
    await expect(center.call('version')).rejects.toThrow('Wrong user name or password')
  expect(logins()).toBe(1)
  clock.now += 60_000
  await expect(center.call('version')).rejects.toThrow('Wrong user name or password')
  expect(logins()).toBe(2)
  // The deployment's secret has been changed: no need to wait.
  given.login = valid.login
  await center.call('version')
  expect(logins()).toBe(3)
})
