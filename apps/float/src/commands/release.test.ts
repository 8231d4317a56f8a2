import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { floatPlatform } from '@mmcloud/contract/float-platforms'
import { expect, onTestFinished, test } from 'vitest'
import { type Answers, AUTH, fakeWorld } from '../fake-world.ts'

const FILE = `/float.${floatPlatform(process.platform, process.arch)}`
const sumOf = (content: string): string => createHash('sha256').update(content).digest('hex')

const serving = (content: string, sum = sumOf(content)): Answers => ({
  'GET /api/v1/version': { body: { version: '1.2.3' } },
  [`GET ${FILE}`]: { body: content },
  [`GET ${FILE}.sha256`]: { body: `${sum}  float\n` },
})

const installed = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'float-release-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'my-float')
  writeFileSync(path, 'old')
  chmodSync(path, 0o711)
  return path
}

test("the running file becomes the OpCenter's, with its own mode, and stays when it is that already", async () => {
  const executable = installed()
  const world = fakeWorld(serving('new'), { executable })
  expect(await world.float('release', 'sync', ...AUTH)).toEqual({
    code: 0,
    stdout: `${executable} is now float 1.2.3 of the OpCenter\n`,
    stderr: '',
  })
  expect(readFileSync(executable, 'utf8')).toBe('new')
  expect(statSync(executable).mode & 0o777).toBe(0o711)
  expect(readdirSync(join(executable, '..'))).toEqual(['my-float'])

  const again = await world.float('release', 'sync', ...AUTH)
  expect(again.stdout).toBe(`${executable} is float 1.2.3 of the OpCenter already\n`)
  expect(world.requests.filter(({ path }) => path === FILE)).toHaveLength(1)
})

test.each<[string, Answers]>([
  ['what came has another checksum', serving('new', sumOf('other'))],
  ['There is no float', { ...serving('new'), [`GET ${FILE}`]: refused() }],
  ['told no checksum', { ...serving('new'), [`GET ${FILE}.sha256`]: { body: '<html>' } }],
])('%s: nothing is replaced', async (words, answers) => {
  const executable = installed()
  const ran = await fakeWorld(answers, { executable }).float('release', 'sync', ...AUTH)
  expect([ran.code, ran.stdout]).toEqual([1, ''])
  expect(ran.stderr).toContain(words)
  expect(readFileSync(executable, 'utf8')).toBe('old')
  expect(readdirSync(join(executable, '..'))).toEqual(['my-float'])
})

test('a folder that may not be written to is named, and nothing is fetched', async () => {
  const world = fakeWorld(serving('new'), { executable: '/sys/kernel/uevent_seqnum' })
  const ran = await world.float('release', 'sync', ...AUTH)
  expect(ran.stderr).toContain('you may not write to /sys/kernel')
  expect(world.requests.map(({ path }) => path)).not.toContain(FILE)
})

test('in a checkout there is nothing to replace', async () => {
  const ran = await fakeWorld({}).float('release', 'sync', ...AUTH)
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('runs from a checkout') })
})

test('any other verb is refused', async () => {
  expect(await fakeWorld({}).float('release', 'undo')).toMatchObject({ code: 2 })
})

function refused() {
  return { status: 404, body: { code: 1002, message: 'There is no float' } }
}
