import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Answers, AUTH, fakeWorld } from '../fake-world.ts'

const SESSION = { username: 'admin', userNumber: 0, role: 'admin' }

const LOGIN: Answers = {
  'GET /api/v1/login': { headers: { authorization: 'Bearer "t' }, body: SESSION },
  'GET /api/v1/session': { body: SESSION },
  'DELETE /api/v1/session': { body: {} },
}

test('login is told as scripts expect, kept with the address as typed, and used by the next call', async () => {
  const world = fakeWorld({ ...LOGIN, 'GET /api/v1/jobSummaries': { body: { jobs: [] } } })
  expect(await world.float('login', '-a', 'Host.example:8443', '-u', 'admin', '-p', 'pw')).toEqual({
    code: 0,
    stdout: 'Login Succeeded!\n',
    stderr: '',
  })
  const file = join(world.home, '.float', 'session.yaml')
  expect(readFileSync(file, 'utf8')).toContain('address: Host.example:8443\n')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(world.home, '.float'))).toEqual(['session.yaml'])
  expect((await world.float('login', '--info')).stdout).toBe(
    'address: Host.example:8443\nusername: admin\nrole: admin\n',
  )
  expect(world.requests.at(-1)?.headers['authorization']).toBe('Bearer "t')
  expect(await world.float('squeue', 'list')).toMatchObject({ code: 0, stdout: 'No jobs\n' })
  expect(await world.float('logout')).toMatchObject({ code: 0, stdout: 'Logout Succeeded!\n' })
  const after = await world.float('login', '--info')
  expect(after.code).not.toBe(0)
  expect(after.stdout + after.stderr).not.toContain('address:')
})

test('a wrong password and a missing session are sentences with a code', async () => {
  const refused = { status: 401, body: { code: 1001, message: 'wrong user name or password' } }
  const world = fakeWorld({ 'GET /api/v1/login': refused })
  expect(await world.float('login', ...AUTH)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error: wrong user name or password (code: 1001)\n',
  })
  expect(await world.float('list')).toMatchObject({ code: 1, stdout: '' })
})

test('a token goes only to the OpCenter that gave it', async () => {
  const world = fakeWorld({ ...LOGIN, 'GET /api/v1/hosts': { body: { hosts: [] } } })
  await world.float('login', ...AUTH)
  await world.float('hosts', '-a', 'other:1')
  expect(world.requests.at(-1)?.headers).not.toHaveProperty('authorization')
})

test('FLOAT_FINGERPRINT is trusted before the pins', async () => {
  const world = fakeWorld(LOGIN, {
    env: { FLOAT_FINGERPRINT: 'ab', FLOAT_ADDR: 'inner' },
  })
  await world.float('login', '--info')
  expect(world.trusts).toEqual([{ kind: 'fingerprint', fingerprint: 'ab' }])
})
