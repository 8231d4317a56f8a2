import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firstWritable, folderCandidates } from './float-folder.ts'
import { pinFile, pinPath } from './pin-file.ts'
import { readSession, type SavedSession, writeSession } from './session-file.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'float-session-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const session: SavedSession = { address: 'h:1', username: 'admin', role: 'admin', token: 'Bearer "a: b"' }

test('a session reads back as it was written, and the last of many writers wins whole', () => {
  expect(readSession(home)).toBeUndefined()
  for (let n = 0; n < 50; n++) writeSession(home, { ...session, token: `t${n}` })
  writeSession(home, session)
  expect(readSession(home)).toEqual(session)
  expect(readdirSync(home)).toEqual(['session.yaml'])
})

test('half a file is no session', () => {
  writeFileSync(join(home, 'session.yaml'), 'address: h:1\ntoken: "unclosed\n')
  expect(readSession(home)).toBeUndefined()
})

test('the folder is in HOME, and without one in the home of the account', () => {
  const uid = process.getuid?.() ?? 0
  const temporary = join(tmpdir(), `float-${uid}`)
  expect(folderCandidates({ HOME: home })).toEqual([join(home, '.float'), temporary])
  expect(folderCandidates({})).toEqual([join(userInfo().homedir, '.float'), temporary])
})

test('the first folder that can be made and is ours alone is taken', () => {
  writeFileSync(join(home, 'file'), '')
  mkdirSync(join(home, 'shared'))
  chmodSync(join(home, 'shared'), 0o777)
  const fine = join(home, 'a', '.float')
  expect(firstWritable([join(home, 'file', '.float'), join(home, 'shared'), fine])).toBe(fine)
  expect(() => firstWritable([join(home, 'shared')])).toThrow('others may write to it')
})

test('pins are kept beside one another, and a file that cannot be read is no first contact', () => {
  const pins = pinFile(home)
  expect(pins.get('a:1')).toBeUndefined()
  pins.set('a:1', '0'.repeat(64))
  pins.set('b:2', '1'.repeat(64))
  pins.set('a:1', '2'.repeat(64))
  expect([pins.get('a:1'), pins.get('b:2')]).toEqual(['0'.repeat(64), '1'.repeat(64)])
  rmSync(pinPath(home))
  mkdirSync(pinPath(home))
  expect(() => pins.get('a:1')).toThrow('EISDIR')
})
