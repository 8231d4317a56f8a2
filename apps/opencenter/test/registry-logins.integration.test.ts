import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { RegistryLogins } from '../src/images/registry-logins.ts'
import { ensureCertificate } from '../src/tls/certificate.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmcloud-logins-'))
  file = join(directory, 'registry-auth.json')
})
afterEach(() => rmSync(directory, { recursive: true }))

/** A registry for one user, over TLS as real ones are; skopeo asks it. */
const aRegistry = async (): Promise<string> => {
  const tls = await ensureCertificate(join(directory, 'tls'), ['127.0.0.1'], { renew: false })
  const server = createServer(tls, ({ headers }, response) => {
    const may = headers.authorization === `Basic ${Buffer.from('lab:right: one').toString('base64')}`
    response.writeHead(may ? 200 : 401, may ? {} : { 'www-authenticate': 'Basic realm="lab"' }).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  vi.stubEnv('SSL_CERT_FILE', join(directory, 'tls/cert.pem'))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a login that the registry takes is kept, for its owner to read alone, and forgotten when asked', async () => {
  const registry = await aRegistry()
  const logins = new RegistryLogins(file)
  await logins.login({ registry, username: 'lab' }, 'right: one')
  expect(logins.list()).toEqual([{ registry, username: 'lab' }])
  expect(logins.authFor(`docker://${registry}/a/b`)).toBe(Buffer.from('lab:right: one').toString('base64'))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await logins.logout(registry)
  expect(logins.list()).toEqual([])
  await expect(logins.logout(registry)).rejects.toMatchObject({ code: 1002 })
})

test('one that it refuses is not, nor where nobody answers', async () => {
  const registry = await aRegistry()
  const logins = new RegistryLogins(file)
  await expect(logins.login({ registry, username: 'lab' }, 'wrong')).rejects.toThrow('refuses this user name')
  await expect(logins.login({ registry: '127.0.0.1:9', username: 'lab' }, 'right: one')).rejects.toThrow(
    'cannot be asked now',
  )
  expect(logins.list()).toEqual([])
})
