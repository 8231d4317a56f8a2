import { expect, test } from 'vitest'
import { basic, openTestApi } from './test-api.ts'

const URL = '/api/v1/registries'

test('registries are for admins', async () => {
  const { call, addUser } = await openTestApi()
  await addUser('ann', 'correct horse')
  const ann = basic('ann', 'correct horse')
  const login = { registry: 'quay.io', username: 'a', password: 'b' }
  expect((await call('GET', URL, undefined, ann)).status).toBe(403)
  expect((await call('POST', URL, login, ann)).status).toBe(403)
  expect((await call('DELETE', `${URL}?registry=quay.io`, undefined, ann)).status).toBe(403)
  expect((await call('GET', URL)).body).toEqual({ registries: [] })
  expect((await call('DELETE', `${URL}?registry=quay.io`)).status).toBe(404)
})

test.each([
  { registry: '--tls-verify=false', username: 'a' },
  { registry: 'https://quay.io', username: 'a' },
  { registry: 'quay.io', username: 'a:b' },
  { registry: 'quay.io', username: '' },
])('a login %j is refused before anybody is asked', async (login) => {
  const { call } = await openTestApi()
  expect((await call('POST', URL, { ...login, password: 'b' })).status).toBe(400)
})
