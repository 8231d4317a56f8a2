import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort, listens, Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startAgent } from './nebula/engine.ts'

const CLIENT = join(process.env['MMCLOUD_CACHE'] ?? '/var/cache/mmcloud', 'clients/flyte')
const DRIVER = fileURLToPath(new URL('clients/flyte/drive.py', import.meta.url))
const TRY_AGENT = fileURLToPath(new URL('../integrations/nebula/try_agent.py', import.meta.url))
const FLOAT_DIR = fileURLToPath(new URL('../bin', import.meta.url))

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

/** A fresh home: the plugin logs in by itself, with what flytekit's secrets say. */
const drive = async (verb: string, word: string, password = product.password): Promise<string> => {
  const home = `flyte-home-${password === product.password}`
  const { stdout } = await promisify(execFile)('python3', [DRIVER, verb, word], { env: env(home, password) })
  return stdout.trim()
}

const env = (home: string, password = product.password): NodeJS.ProcessEnv => ({
  PATH: `${FLOAT_DIR}:${process.env['PATH']}`,
  HOME: join(product.dataDir, home),
  TMPDIR: product.dataDir,
  PYTHONPATH: CLIENT,
  PYTHONDONTWRITEBYTECODE: '1',
  FLYTE_SDK_LOGGING_LEVEL: '50',
  _FSEC_MMC_ADDRESS: product.address,
  _FSEC_MMC_USERNAME: 'admin',
  _FSEC_MMC_PASSWORD: password,
})

type Task = {
  readonly args: readonly string[]
  readonly resources: readonly (string | null)[]
  readonly env?: Readonly<Record<string, string>>
  readonly submit_extra?: string
}
const create = async (task: Task, password?: string): Promise<string> => {
  const file = join(product.dataDir, 'task.json')
  await writeFile(file, JSON.stringify({ image: 'python', ...task }))
  return drive('create', file, password)
}
const phase = (job: string, wanted: string): Promise<string> =>
  waitFor(`${job} to be ${wanted}`, 120_000, async () => {
    const now = await drive('get', job)
    return now === wanted ? { done: now } : { notYet: now }
  })

test('a task runs, with its resources, environment and extra flags, and succeeds', async () => {
  const job = await create({
    args: ['python3', '-c', 'import os, sys; print(os.environ["GREETING"], sys.argv[1])', "it's $HOME"],
    resources: ['1', '1', '2', '4'],
    env: { GREETING: 'a, b=c' },
    submit_extra: '--customTag "step:to str" --migratePolicy [enable=true]',
  })
  expect(job).toMatch(/^[a-z0-9]{21}$/)
  await phase(job, 'SUCCEEDED')
  expect(await product.log(job)).toBe("a, b=c it's $HOME\n")
  const shown = JSON.parse(await product.float('show', '-j', job, '-F', 'json')) as Record<string, unknown>
  expect(shown).toMatchObject({ cpu: 1, cpuMax: 2, memGB: 1, memGBMax: 4, customTags: { step: 'to str' } })
})

test('a task that ends badly has failed', async () => {
  const job = await create({ args: ['sh', '-c', 'exit 3'], resources: ['1', '1', null, null] })
  await phase(job, 'FAILED')
  expect((await product.show(job)).rc).toBe('3')
})

test('a task that is aborted ends, also when it is asked twice', async () => {
  const job = await create({ args: ['sleep', '600'], resources: ['1', '1', null, null] })
  await phase(job, 'RUNNING')
  await product.status(job, ['Executing'])
  await drive('delete', job)
  expect(await drive('get', job)).toBe('FAILED')
  await product.status(job, ['Cancelled'])
  await drive('delete', job)
})

test('flytekit’s own server with the plugin and this project’s agent serve side by side', async () => {
  const port = await freePort()
  const serve = ['from flytekit.clis.sdk_in_container.pyflyte import main; main()', 'serve', 'connector']
  const ports = ['--port', String(port), '--prometheus_port', String(await freePort())]
  const theirs = spawn('python3', ['-c', ...serve, ...ports], { stdio: 'inherit', env: env('flyte-home') })
  const ended = once(theirs, 'exit')
  onTestFinished(async () => {
    theirs.kill()
    await ended
  })
  const ours = await startAgent(product)
  onTestFinished(() => ours.stop().then(() => undefined))
  await waitFor('flytekit’s server', 60_000, async () =>
    (await listens(port)) ? { done: true } : { notYet: '' },
  )
  const asked = await Promise.all(
    [`127.0.0.1:${port}`, ours.address].map((server) =>
      promisify(execFile)('python3', [TRY_AGENT, server], { env: env('try-home') }),
    ),
  )
  for (const { stdout } of asked) expect(stdout).toMatch(/^SUCCEEDED/m)
})

test('what cannot be is refused at once: a size that no instance has, a wrong password', async () => {
  await expect(create({ args: ['true'], resources: ['3', '1', '3', '1'] })).rejects.toThrow('submit')
  await expect(create({ args: ['true'], resources: ['1', '1', null, null] }, 'wrong')).rejects.toThrow(
    'login',
  )
})
