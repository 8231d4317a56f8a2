import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveUser } from './image-user.ts'

const rootfs = mkdtempSync(join(tmpdir(), 'mmw-user-'))
beforeAll(() => {
  mkdirSync(join(rootfs, 'etc'))
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nann:x:1000:1001::/home/ann:/bin/sh\n')
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nann:x:1001:\nusers:x:100:ann\n')
})
afterAll(() => rmSync(rootfs, { recursive: true }))

test.each([
  ['', { uid: 0, gid: 0 }],
  ['ann', { uid: 1000, gid: 1001 }],
  ['1000', { uid: 1000, gid: 1001 }],
  ['ann:users', { uid: 1000, gid: 100 }],
  ['ann:7', { uid: 1000, gid: 7 }],
  ['4242', { uid: 4242, gid: 0 }],
  ['4242:users', { uid: 4242, gid: 100 }],
])('USER "%s" is %o', (user, expected) => {
  expect(resolveUser(user, rootfs)).toMatchObject(expected)
})

test.each([
  ['bob', /user "bob" is not in its \/etc\/passwd/],
  ['ann:staff', /group "staff" is not in its \/etc\/group/],
])('USER "%s" is refused in words', (user, words) => {
  expect(() => resolveUser(user, rootfs)).toThrow(words)
})

test('an image without /etc/passwd has numbers', () => {
  expect(resolveUser('12:34', '/nowhere')).toMatchObject({ uid: 12, gid: 34 })
})
