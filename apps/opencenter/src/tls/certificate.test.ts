import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { covers, ensureCertificate } from './certificate.ts'

const newDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'mmcloud-tls-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

test('a pinned certificate is kept, its key is for its owner only', async () => {
  const dir = newDir()
  const first = await ensureCertificate(dir, ['10.1.2.3'], { renew: false })
  expect(covers(new X509Certificate(first.cert), ['10.1.2.3', '127.0.0.1', 'localhost'])).toBe(true)
  expect(statSync(join(dir, 'key.pem')).mode & 0o777).toBe(0o600)
  expect(await ensureCertificate(dir, ['10.9.9.9'], { renew: false })).toEqual(first)
})

test('one that follows its address is made anew from the same key', async () => {
  const dir = newDir()
  const first = await ensureCertificate(dir, ['10.1.2.3'], { renew: true })
  expect(await ensureCertificate(dir, ['10.1.2.3'], { renew: true })).toEqual(first)
  const second = await ensureCertificate(dir, ['10.9.9.9'], { renew: true })
  expect(second.key).toBe(first.key)
  expect(second.fingerprint).not.toBe(first.fingerprint)
  expect(covers(new X509Certificate(second.cert), ['10.9.9.9'])).toBe(true)
})
