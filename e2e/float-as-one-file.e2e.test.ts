import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The float of this machine, as its person would name it after the download. */
let float: string
let folder: string
let product: Product
beforeAll(async () => {
  product = await Product.start()
  folder = join(product.dataDir, 'downloads')
  float = join(folder, 'my-float')
  await mkdir(folder)
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const HERE = process.arch === 'x64' ? 'linux_amd64' : 'linux_arm64'

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }

const run = (program: string, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { HOME: folder, PATH: process.env['PATH'] ?? '' }
    execFile(program, args, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

/** As anybody without a login. */
const curl = (path: string, ...flags: string[]): Promise<Ran> =>
  run('curl', '--silent', '--insecure', ...flags, `${product.url}${path}`)

test('float is downloaded without a login, has the checksum that was told, and runs', async () => {
  expect(await curl(`/float.${HERE}`, '--fail', '--remote-name')).toMatchObject({ code: 0 })
  expect(await curl(`/float.${HERE}.sha256`, '--fail', '--remote-name')).toMatchObject({ code: 0 })
  expect(await run('sha256sum', '--check', `float.${HERE}.sha256`)).toMatchObject({
    code: 0,
    stdout: `float.${HERE}: OK\n`,
  })
  await run('mv', `float.${HERE}`, float)
  await chmod(float, 0o755)
  const login = ['login', '-a', product.address, '-u', 'admin', '-p', product.password]
  expect(await run(float, ...login)).toEqual({ code: 0, stdout: 'Login Succeeded!\n', stderr: '' })
  expect(await run(float, 'list')).toEqual({ code: 0, stdout: 'No jobs\n', stderr: '' })
})

test('it serves the engine Nebula, which no other command reads, until it is told to end', async () => {
  const login = ['-a', product.address, '-u', 'admin', '-p', product.password]
  const child = spawn(
    float,
    ['nebula', 'serve', '--port', '0', '--prometheus-port', '0', '--host', '127.0.0.1', ...login],
    {
      env: { HOME: folder, PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(said.toString()).toMatch(/^Serving tasks of type mmcloud_task at port \d+/)
  child.kill()
  expect((await once(child, 'exit'))[0]).toBe(0)
})

test('who has it is told so, and what there is none for is told why', async () => {
  const status = ['--output', '/dev/null', '--write-out', '%{http_code} %{content_type} %header{etag}']
  const [code, type, etag = ''] = (await curl(`/float.${HERE}`, '--head', ...status)).stdout.split(' ')
  expect([code, type]).toEqual(['200', 'application/octet-stream'])
  const again = await curl(`/float.${HERE}`, '--header', `If-None-Match: ${etag}`, ...status)
  expect(again.stdout).toMatch(/^304 /)
  for (const platform of ['darwin_amd64', 'darwin_arm64', 'windows_amd64']) {
    const { stdout } = await curl(`/float.${platform}`, '--write-out', ' %{http_code}')
    expect(stdout).toMatch(/There is no float for .*for Linux only.* 404$/)
  }
})

test('another float becomes the one of the OpCenter while it runs', async () => {
  const bytes = await readFile(float)
  await appendFile(float, 'an older one')
  expect(await run(float, 'release', 'sync')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\S+\/my-float is now float \d+\.\d+\.\d+ of the OpCenter\n$/),
  })
  expect((await readFile(float)).equals(bytes)).toBe(true)
  expect((await stat(float)).mode & 0o777).toBe(0o755)
  expect((await run(float, 'release', 'sync')).stdout).toContain('already')
  expect(await product.tryFloat('release', 'sync')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('runs from a checkout'),
  })
})
