import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeOpenCenter } from '@mmcloud/client/fake-open-center'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleFloat } from '../build.ts'

let folder: string
let server: Awaited<ReturnType<typeof startFakeOpenCenter>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'float-main-'))
  const modules = await bundleFloat(join(folder, 'float.mjs'))
  const libraries = modules.filter((path) =>
    /node_modules\/(?!(picocolors|aws4fetch|p-limit|yocto-queue)\/)/.test(path),
  )
  if (libraries.length > 0) throw new Error(`float must start fast, but bundles ${libraries.join(', ')}`)
  server = await startFakeOpenCenter(({ url }) =>
    url.startsWith('/api/v1/jobSummaries')
      ? { body: JSON.stringify({ jobs: [] }) }
      : { status: 404, body: '{"code":1002,"message":"Resource not found: job x"}' },
  )
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The bundle as a process: no terminal, standard input closed. */
const float = (program: string, args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { HOME: folder, PATH: process.env['PATH'] ?? '' }
    const child = execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
    child.stdin?.end()
  })
const auth = () => ['-a', `127.0.0.1:${server.port}`, '-u', 'admin', '-p', 'pw']

test('it runs under any name, warns of nothing, and pins what it met', async () => {
  const renamed = join(folder, 'mmc-client-7.mjs')
  copyFileSync(join(folder, 'float.mjs'), renamed)
  expect(await float(renamed, ['squeue', ...auth(), 'list'])).toEqual({
    code: 0,
    stdout: 'No jobs\n',
    stderr: '',
  })
  expect(readFileSync(join(folder, '.float', 'known_opcenters'), 'utf8')).toMatch(
    new RegExp(`^127\\.0\\.0\\.1:${server.port} sha256:[0-9a-f]{64}\n$`),
  )
})

test('a refusal is one line on stderr and an exit code', async () => {
  expect(await float(join(folder, 'float.mjs'), ['show', '-j', 'x', ...auth()])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error: Resource not found: job x (code: 1002)\n',
  })
})

test('without a terminal nothing is asked', async () => {
  const result = await float(join(folder, 'float.mjs'), [
    'login',
    '-a',
    `127.0.0.1:${server.port}`,
    '-u',
    'admin',
  ])
  expect(result).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error: Invalid argument, --password is missing (code: 1003)\n',
  })
})

test('a missing script is told in the words of the shell', async () => {
  const result = await float(join(folder, 'float.mjs'), ['submit', '-i', 'python', '-j', 'abc.sh'])
  expect(result).toEqual({ code: 1, stdout: '', stderr: 'Error: open abc.sh: no such file or directory\n' })
})
