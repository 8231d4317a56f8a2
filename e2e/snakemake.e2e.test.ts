import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type S3Server, startS3Server } from './s3-server.ts'

const CLIENTS = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'clients')
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

let product: Product
let s3: S3Server
/** A folder of the bucket: the working directory, the same here and in the jobs. */
let work: string
beforeAll(async () => {
  ;[product, s3] = await Promise.all([Product.start(), startS3Server()])
  work = join(s3.objects, 'work')
  mkdirSync(work)
  copyFileSync(here('snakemake/Snakefile'), join(work, 'Snakefile'))
  await product.float('image', 'add', 'snakemake', `oci:${join(CLIENTS, 'snakemake-image')}`)
  const keys = `endpoint=${s3.endpoint},accesskey=${s3.accessKey},secret=${s3.secret}`
  await product.float('storage', 'register', 'work', `[${keys}]s3://shelf/work:${work}`)
}, 120_000)
afterAll(async () => {
  await product.destroy()
  await s3.stop()
}, 120_000)

type Ended = { readonly code: number | null; readonly said: string }

/** Snakemake as a user starts it, with the profile of this project. */
const snakemake = (...targets: string[]): { interrupt(): void; ended: Promise<Ended> } => {
  const resources = [
    '--default-resources',
    'float_image=snakemake',
    'mem_mb=1000',
    'float_flags=--storage work',
  ]
  const words = ['-m', 'snakemake', '--profile', here('../integrations/snakemake'), ...resources]
  const quickly = ['--seconds-between-status-checks', '1']
  const child = spawn('python3', [...words, ...quickly, '--', ...targets], {
    cwd: work,
    // A group of its own, as a terminal makes one: what Ctrl-C is for.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${here('../bin')}:${process.env['PATH']}`,
      HOME: join(product.dataDir, 'home'),
      PYTHONPATH: join(CLIENTS, 'snakemake'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const ended = once(child, 'exit').then(async ([code]) => ({
    code: code as number | null,
    said: (await said).join('\n'),
  }))
  return { interrupt: () => void process.kill(-child.pid!, 'SIGINT'), ended }
}

type Listed = { readonly id: string; readonly name: string; readonly status: string }
const jobsOf = async (rule: string): Promise<Listed[]> =>
  (JSON.parse(await product.float('list', '-F', 'json')) as Listed[]).filter(({ name }) =>
    name.startsWith(`snakemake-${rule}-`),
  )
const inWork = (path: string): string => readFileSync(join(work, path), 'utf8')

test('a workflow of three rules: each is a job of the size it asks for', async () => {
  const { code, said } = await snakemake('report').ended
  expect(said).toContain('4 of 4 steps (100%) done')
  expect(code).toBe(0)
  expect(inWork('report.txt')).toMatch(/\n3999000\n$/)
  expect(await jobsOf('numbers')).toMatchObject([{ status: 'Completed' }, { status: 'Completed' }])
  const [total] = await jobsOf('total')
  const shown = JSON.parse(await product.float('show', '-j', total!.id, '-F', 'json')) as object
  expect(shown).toMatchObject({
    cpu: 2,
    memGB: 2.79,
    customTags: { 'snakemake-rule': 'total', 'snakemake-run': expect.stringMatching(/^\w{32}$/) },
  })
})

test('a rule that outgrows its memory is moved, and an OpCenter that is away for a while stops no workflow', async () => {
  const running = snakemake('outgrown.txt')
  const { id } = await waitFor('the job', 60_000, async () => {
    const [job] = await jobsOf('outgrows')
    return job?.status === 'Executing' ? { done: job } : { notYet: job?.status ?? 'none' }
  })
  process.kill(await product.pid(), 'SIGKILL')
  await product.up()
  const { code, said } = await running.ended
  expect(said).toContain('1 of 1 steps (100%) done')
  expect(code).toBe(0)
  expect(inWork('outgrown.txt')).toBe('435\n')
  const moves = JSON.parse(await product.float('migrations', '-j', id, '-F', 'json')) as { trigger: string }[]
  expect(moves.map(({ trigger }) => trigger)).toContain('evadeOOM')
})

test('a rule that fails fails the workflow, which says where to look', async () => {
  const { code, said } = await snakemake('never.txt').ended
  expect(code).toBe(1)
  const [job] = await jobsOf('fails')
  expect(job).toMatchObject({ status: 'FailToComplete' })
  expect(said).toContain(`job ${job!.id} is FailToComplete; why: float events -j ${job!.id}`)
})

test('a workflow that is broken off takes its jobs with it', async () => {
  const running = snakemake('endless/1.txt', 'endless/2.txt')
  const jobs = await waitFor('both jobs', 60_000, async () => {
    const both = await jobsOf('endless')
    return both.length === 2 ? { done: both } : { notYet: `${both.length} jobs` }
  })
  running.interrupt()
  expect((await running.ended).code).not.toBe(0)
  for (const { id } of jobs) await product.status(id, ['Cancelled'])
  expect(existsSync(join(work, 'endless/1.txt'))).toBe(false)
})

test('what no instance has is refused with the sentence that float says', async () => {
  const { code, said } = await snakemake('huge.txt').ended
  expect(code).toBe(1)
  expect(said).toMatch(/Error: .* \(code: 1003\)/)
})
