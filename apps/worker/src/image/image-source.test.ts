import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyArguments } from './image-source.ts'

const digest = `sha256:${'b'.repeat(64)}`
const access = {
  store: '/store',
  openCenterUrl: 'https://10.0.0.1:8444',
  certificate: 'PEM',
  instanceId: 'i-1',
  credential: () => 'own',
}

let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'mmw-image-'))
})
afterEach(() => rmSync(temporary, { recursive: true }))

const login = (): unknown => JSON.parse(readFileSync(join(temporary, 'auth.json'), 'utf8'))

test.each([
  ['docker://quay.io/biocontainers/subread:2.0.6', 'docker://quay.io/biocontainers/subread'],
  ['docker://host:5000/a/b', 'docker://host:5000/a/b'],
  ['docker://cactus', 'docker://cactus'],
  [`docker://quay.io/a/b:1@sha256:${'c'.repeat(64)}`, 'docker://quay.io/a/b'],
])('%s is pinned to its digest', (source, name) => {
  expect(copyArguments(access, { source, digest }, temporary)).toEqual([
    'copy',
    '--quiet',
    `${name}@${digest}`,
  ])
  expect(existsSync(join(temporary, 'auth.json'))).toBe(false)
})

test.each(['oci:/layout:tag', 'oci-archive:/a.tar', 'dir:/here', '--help', 'docker://'])(
  '%s is refused: what lies on a disk has no digest that is asked for',
  (source) => {
    expect(() => copyArguments(access, { source, digest }, temporary)).toThrow('neither the library nor')
  },
)

test.each([
  ['docker://ghcr.io/a/private:1', 'ghcr.io'],
  ['docker://localhost/a', 'localhost'],
  ['docker://someone/private', 'docker.io'],
])('the login to the registry of %s is in a file of its own, and in no argument', (source, host) => {
  const registryAuth = Buffer.from('me:secret').toString('base64')
  const args = copyArguments(access, { source, digest, registryAuth }, temporary)
  expect(args).toContain('--authfile')
  expect(args.join(' ')).not.toContain(registryAuth)
  expect(login()).toEqual({ auths: { [host]: { auth: registryAuth } } })
  expect(statSync(join(temporary, 'auth.json')).mode & 0o777).toBe(0o600)
})

test('the app library is read with the credential of the worker', () => {
  const args = copyArguments(access, { source: 'library:python', digest }, temporary)
  expect(args.at(-1)).toBe(`docker://10.0.0.1:8444/library/python@${digest}`)
  expect(login()).toEqual({
    auths: { '10.0.0.1:8444': { auth: Buffer.from('i-1:own').toString('base64') } },
  })
})

test('the app library is refused before the worker has joined', () => {
  const stranger = { ...access, credential: () => undefined }
  expect(() => copyArguments(stranger, { source: 'library:python', digest }, temporary)).toThrow(/joined/)
})
