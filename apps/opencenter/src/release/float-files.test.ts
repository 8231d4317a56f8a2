import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { floatPlatform } from '@mmcloud/contract/float-platforms'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FloatFile, floatFilesIn } from './float-files.ts'

let folder: string
let file: FloatFile
const here = floatPlatform(process.platform, process.arch)!

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'float-files-'))
  file = await floatFilesIn(join(folder, 'files'))(here)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const runs = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(program, [...args], { env: { HOME: folder, ...env } })

test('one file, of the size and checksum told, which runs under any name and warns of nothing', async () => {
  const content = readFileSync(file.path)
  expect(file).toMatchObject({
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  })
  expect(statSync(file.path).mode & 0o777).toBe(0o755)
  const renamed = join(folder, 'mmc-7')
  renameSync(file.path, renamed)
  const ran = await runs(renamed, ['--version'])
  renameSync(renamed, file.path)
  expect(ran).toEqual({ stdout: expect.stringMatching(/^float \d+\.\d+\.\d+\n$/), stderr: '' })
})

test('what is meant for another Node is not for it', async () => {
  const { stderr } = await runs(file.path, ['--version'], { NODE_OPTIONS: '--no-such-flag' })
  expect(stderr).toBe('')
})

test('made once while its sources stay the same', async () => {
  const made = statSync(file.path).ino
  expect(await floatFilesIn(join(folder, 'files'))(here)).toEqual(file)
  expect(statSync(file.path).ino).toBe(made)
  expect(readdirSync(join(folder, 'files'))).toHaveLength(2)
})

test.each(['darwin_amd64', 'darwin_arm64', 'windows_amd64'] as const)('%s is refused', async (platform) => {
  await expect(floatFilesIn(join(folder, 'files'))(platform)).rejects.toThrow(
    `There is no float for ${platform}: an OpCenter`,
  )
})
