import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RegistryLogins } from './registry-logins.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmcloud-logins-'))
  file = join(directory, 'registry-auth.json')
})
afterEach(() => rmSync(directory, { recursive: true }))

test('nobody has logged in', () => {
  const logins = new RegistryLogins(file)
  expect(logins.file).toBeUndefined()
  expect(logins.authFor('docker://ghcr.io/a/b')).toBeUndefined()
})

test.each([
  ['docker://ghcr.io/a/b:1', 'host'],
  ['docker://ghcr.io/team/b:1', 'team'],
  ['docker://ghcr.io/team/b@sha256:00', 'team'],
  ['docker://host:5000/a:tag', 'port'],
  ['docker://cactus:tag', 'hub'],
  ['docker://someone/private', 'hub'],
  ['docker://quay.io/a', undefined],
  ['library:python', undefined],
])('the login for %s is %s', (source, auth) => {
  const auths = {
    'ghcr.io': { auth: 'host' },
    'ghcr.io/team': { auth: 'team' },
    'host:5000': { auth: 'port' },
    'https://index.docker.io/v1/': { auth: 'hub' },
    'quay.io': {},
  }
  writeFileSync(file, JSON.stringify({ auths }))
  const logins = new RegistryLogins(file)
  expect(logins.authFor(source)).toBe(auth)
  expect(logins.file).toBe(file)
})

test('a file that is none is refused without a word of its content', () => {
  writeFileSync(file, '{"auths": secret')
  expect(() => new RegistryLogins(file).authFor('docker://ghcr.io/a')).toThrow(
    new Error(`${file} is not a file of registry logins as skopeo writes it`),
  )
})
