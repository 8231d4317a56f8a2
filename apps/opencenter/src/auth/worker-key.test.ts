import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ensureWorkerKey } from './worker-key.ts'

const inFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mmcloud-key-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'worker-key')
}

test('the key is made once, for its owner alone', async () => {
  const file = inFolder()
  const key = await ensureWorkerKey(file)
  expect(key).toHaveLength(32)
  expect(await ensureWorkerKey(file)).toEqual(key)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(existsSync(`${file}.new`)).toBe(false)
})

test.each(['', 'a part'])('%j, left by a crash, is no key', async (part) => {
  const file = inFolder()
  writeFileSync(file, part)
  const key = await ensureWorkerKey(file)
  expect(key).toHaveLength(32)
  expect(await ensureWorkerKey(file)).toEqual(key)
})

test('one that cannot be read is not made anew', async () => {
  await expect(ensureWorkerKey(tmpdir())).rejects.toThrow('EISDIR')
})
