import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordsConformance } from '@mmcloud/engine/ports/records/records-conformance'
import { expect, onTestFinished, test } from 'vitest'
import { lockDataDir } from './data-dir-lock.ts'
import { openStore } from './open-store.ts'

const newDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'mmcloud-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

recordsConformance('SQLite', () => openStore(':memory:').records)

test('what was written is there when the file is opened again', async () => {
  const file = join(newDir(), 'opencenter.db')
  const first = openStore(file)
  await first.accounts.putUser({ name: 'admin', number: 0, role: 'admin', passwordHash: 'x' })
  await first.records.close()
  const second = openStore(file)
  expect((await second.accounts.user('admin'))?.role).toBe('admin')
  await second.records.close()
})

test('a data directory has one holder; the death of its process frees it', () => {
  const dir = newDir()
  const held = lockDataDir(dir)
  expect(held).toBeDefined()
  const module = new URL('data-dir-lock.ts', import.meta.url).href
  const tryInChild = (): string =>
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `import { lockDataDir } from ${JSON.stringify(module)}
       const held = lockDataDir(${JSON.stringify(dir)})
       process.stdout.write(held ? 'held' : 'refused')
       process.kill(process.pid, held ? 'SIGKILL' : 'SIGCONT')`,
    ]).toString()
  expect(tryInChild()).toBe('refused')
  held?.release()
  expect(() => tryInChild()).toThrow(expect.objectContaining({ signal: 'SIGKILL' }))
  lockDataDir(dir)?.release()
})

test('sessions end with their time and on request', async () => {
  const { accounts, records } = openStore(':memory:')
  await accounts.putUser({ name: 'admin', number: 0, role: 'admin', passwordHash: 'x' })
  await accounts.addSession('a', 'admin', 10)
  await accounts.addSession('b', 'admin', 20)
  await accounts.extendSession('a', 30)
  await accounts.forgetSessionsBefore(25)
  expect((await accounts.session('a'))?.expiresAt).toBe(30)
  expect(await accounts.session('b')).toBeUndefined()
  await accounts.endSession('a')
  expect(await accounts.session('a')).toBeUndefined()
  await records.close()
})
