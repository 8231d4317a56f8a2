import { execFile, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const CLIENTS = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'clients')
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const run = promisify(execFile)

let product: Product
/** What pip has installed from the OpCenter's index. */
let installed: string
beforeAll(async () => {
  product = await Product.start()
  installed = join(product.dataDir, 'site-packages')
  const into = ['--disable-pip-version-check', '--no-deps', '--target', installed]
  const from = ['--index-url', `https://${product.address}/pip/simple/`, '--trusted-host', product.address]
  await run('python3', ['-m', 'pip', 'install', ...into, ...from, 'nebulakitplugins-mmcloud', 'nebulakit'])
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const python = (paths: readonly string[]): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  TMPDIR: product.dataDir,
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONPATH: paths.map((path) => (path.startsWith('/') ? path : join(CLIENTS, path))).join(':'),
})

test.each([
  ['newest', ['flyte']],
  ['oldest', ['flytekit-oldest', 'flyte']],
])('with the %s flytekit the installed packages do what their tests say', async (_age, flytekit) => {
  const tests = [here('../python/tests'), '-p', 'no:cacheprovider', '--quiet']
  const { stdout } = await run('python3', ['-m', 'pytest', ...tests], {
    env: python([installed, ...flytekit, 'python-tools']),
  })
  expect(stdout).toMatch(/^\d+ passed/m)
})

test('their types hold', async () => {
  // What it knows of flytekit is kept: the half of a minute each time.
  const config = ['--config-file', here('../python/mypy.ini'), '--cache-dir', join(CLIENTS, 'mypy-cache')]
  const { stdout } = await run('python3', ['-m', 'mypy', ...config], {
    env: python(['flyte', 'python-tools']),
  })
  expect(stdout).toContain('Success: no issues found')
})

/** What `docker build` would run, and the command of the image. */
const stepsOf = (file: string): { readonly runs: readonly string[]; readonly command: readonly string[] } => {
  const lines = readFileSync(here(`../integrations/nebula/${file}`), 'utf8').split('\n')
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const [command = '[]'] = after('CMD')
  return { runs: after('RUN'), command: JSON.parse(command) as string[] }
}

test.each(['agent.Dockerfile', 'agent-slim.Dockerfile', 'task.Dockerfile'])(
  '%s: its steps, run, make what it is for',
  async (file) => {
    const root = join(product.dataDir, file)
    const bin = join(root, 'bin')
    mkdirSync(bin, { recursive: true })
    // As the Dockerfile says to take it; the rest of what flytekit needs is there already.
    await run('curl', [
      '--insecure',
      '--fail',
      '--silent',
      '--output',
      join(root, 'float'),
      `${product.url}/float`,
    ])
    copyFileSync(join(root, 'float'), join(bin, 'float'))
    chmodSync(join(bin, 'float'), 0o755)
    await run('python3', ['-m', 'venv', '--without-pip', join(root, 'venv')])
    writeFileSync(join(bin, 'pip'), `#!/bin/sh\nexec ${join(root, 'venv/bin/python3')} -m pip "$@"\n`, {
      mode: 0o755,
    })
    const env = {
      // What flytekit needs stands before what else there is beside this machine's pip, of other versions perhaps.
      ...python(['flyte', await pipFolder()]),
      PATH: `${bin}:${join(root, 'venv/bin')}:${process.env['PATH']}`,
      HOME: root,
      OPCENTER: product.address,
    }
    const { runs, command } = stepsOf(file)
    for (const step of runs) await run('sh', ['-c', step], { env })

    if (command.length === 0) {
      const declare = 'from nebulakitplugins.mmcloud import MMCloudTask as task; print(task.__name__)'
      expect((await run('python3', ['-c', declare], { env })).stdout).toBe('MMCloudTask\n')
      return
    }
    // Its ports are fixed, and a machine that tests may have them taken.
    const [program = '', ...words] = command.map((word) => word.replace(/\b(8000|9090)\b/g, '0'))
    const child = spawn(program, [...words, '--host', '127.0.0.1', '--prometheus_port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...env,
        _FSEC_MMC_ADDRESS: product.address,
        _FSEC_MMC_USERNAME: 'admin',
        _FSEC_MMC_PASSWORD: product.password,
      },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    const ended = new Promise((resolve) => child.on('exit', resolve))
    await waitFor('the agent', 30_000, async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${said}`)
      return said.startsWith('Serving tasks of type mmcloud_task') ? { done: true } : { notYet: said }
    })
    child.kill()
    expect(await ended).toBe(0)
  },
)

/** Where this machine's Python has its pip. */
const pipFolder = async (): Promise<string> =>
  (
    await run('python3', ['-c', 'import pip, os; print(os.path.dirname(os.path.dirname(pip.__file__)))'])
  ).stdout.trim()
