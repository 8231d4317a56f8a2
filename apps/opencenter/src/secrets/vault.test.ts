import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@mmcloud/store'
import { expect, onTestFinished, test } from 'vitest'
import { openVault } from './vault.ts'

const ID = { user: 'ada', name: 'token' }

const open = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mmcloud-vault-'))
  const keyFile = join(dir, 'secret-key')
  const { accounts, secrets, records } = openStore(join(dir, 'opencenter.db'))
  onTestFinished(async () => {
    await records.close()
    rmSync(dir, { recursive: true })
  })
  for (const [number, name] of ['ada', 'bob'].entries())
    await accounts.putUser({ name, number, role: 'user', passwordHash: 'x' })
  return { dir, keyFile, secrets, start: () => openVault(keyFile, secrets) }
}

test('what is set is there after the next start, for its user alone, and nowhere in clear', async () => {
  const { dir, keyFile, start } = await open()
  const vault = await start()
  await vault.set(ID, 'first')
  await vault.set(ID, 'hush-hush')
  await vault.set({ user: 'bob', name: 'his' }, 'other')
  expect(vault.trouble).toBeUndefined()
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  expect(existsSync(`${keyFile}.new`)).toBe(false)
  for (const file of ['opencenter.db', 'opencenter.db-wal'])
    expect(readFileSync(join(dir, file)).includes('hush-hush')).toBe(false)

  const next = await start()
  expect(await next.get(ID)).toBe('hush-hush')
  expect(await next.names('ada')).toEqual(['token'])
  await expect(next.get({ ...ID, user: 'bob' })).rejects.toThrow('Resource not found: secret token')
  await next.unset(ID)
  await expect(next.unset(ID)).rejects.toThrow('Resource not found: secret token')
  expect(await next.names('bob')).toEqual(['his'])
})

test.each([
  ['is lost', undefined],
  ['has not 32 bytes', Buffer.alloc(5)],
  ['is not the key', Buffer.alloc(32, 1)],
])('a key that %s is told and never replaced, and the right one opens again', async (words, other) => {
  const { keyFile, start } = await open()
  await (await start()).set(ID, 'hush')
  const right = readFileSync(keyFile)
  rmSync(keyFile)
  if (other) writeFileSync(keyFile, other)

  const vault = await start()
  expect(vault.trouble).toContain(words)
  expect(vault.trouble).toContain(keyFile)
  await expect(vault.get(ID)).rejects.toThrow(words)
  await expect(vault.set(ID, 'new')).rejects.toThrow(words)
  expect(await vault.names('ada')).toEqual(['token'])
  expect(existsSync(keyFile) ? readFileSync(keyFile) : undefined).toEqual(other)

  writeFileSync(keyFile, right)
  expect(await (await start()).get(ID)).toBe('hush')
})

test('a value without a name gets one that follows from it and its user', async () => {
  const { start } = await open()
  const vault = await start()
  const name = await vault.keep('ada', 'hush')
  expect(name).toMatch(/^key-[0-9a-f]{24}$/)
  expect(await vault.keep('ada', 'hush')).toBe(name)
  expect(await vault.keep('ada', 'hush!')).not.toBe(name)
  expect(await vault.keep('bob', 'hush')).not.toBe(name)
  expect(await vault.get({ user: 'ada', name })).toBe('hush')
})

test('when every secret is unset nothing needs the lost key, and the next start makes one', async () => {
  const { keyFile, start } = await open()
  await (await start()).set(ID, 'hush')
  rmSync(keyFile)
  await (await start()).unset(ID)
  const vault = await start()
  await vault.set(ID, 'new')
  expect(await vault.get(ID)).toBe('new')
})

test('what was swapped between two names in the records is not read', async () => {
  const { secrets, start } = await open()
  const vault = await start()
  await vault.set(ID, 'hush')
  const [row] = await secrets.all()
  await secrets.put({ ...row!, name: 'other' })
  await expect(vault.get({ ...ID, name: 'other' })).rejects.toThrow('secret other is damaged')
})
