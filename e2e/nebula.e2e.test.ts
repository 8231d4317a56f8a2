import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTaskImage, Engine, startAgent } from './nebula/engine.ts'
import { type S3Server, startS3Server } from './s3-server.ts'

let product: Product
let s3: S3Server
let agent: Awaited<ReturnType<typeof startAgent>>
let engine: Engine
beforeAll(async () => {
  ;[product, s3] = await Promise.all([Product.start(), startS3Server()])
  await product.float('image', 'add', 'task', `oci:${await buildTaskImage(product.dataDir, true)}`)
  agent = await startAgent(product)
  engine = new Engine(s3, agent.address)
}, 120_000)
afterAll(async () => {
  await engine.stop()
  await agent.stop()
  await product.destroy()
  await s3.stop()
}, 120_000)

/** What a person who logs in sees where the engine's page leads. */
const shown = async (link: string): Promise<string> => {
  const login = ['--user', `admin:${product.password}`]
  const { stdout } = await promisify(execFile)('curl', [
    '--silent',
    '--insecure',
    '--fail',
    '--location',
    ...login,
    link,
  ])
  return stdout
}

const jobOf = (meta: string): string => (JSON.parse(meta) as { job_id: string }).job_id

test('the documents’ example: to_str(5) runs as a job and answers "5"', async () => {
  const asked = { task: 'to_str', inputs: { i: 5 }, execution: 'example' }
  const [meta = ''] = await engine.create(asked)
  const done = await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(asked)).toBe('5')
  expect(done.has_outputs).toBe(false)
  expect(done.custom).toMatchObject({
    job_id: jobOf(meta),
    status: 'Completed',
    exit_code: 0,
    instance_type: expect.stringMatching(/^[a-z]\d\w*\.\w+$/),
    working_host: expect.stringMatching(/\S/),
    cost: expect.stringMatching(/ USD$/),
  })
  const pages = await Promise.all(done.links.map((link) => shown(link)))
  expect(pages).toEqual([
    expect.stringContaining('<section id="wavewatcher">'),
    expect.stringContaining('<h2>Output</h2>'),
    expect.stringContaining('<section id="wavewatcher">'),
  ])
})

test('a task that raises has failed, with what Python said', async () => {
  const [meta = ''] = await engine.create({ task: 'raises', inputs: { i: 5 }, execution: 'raises' })
  const { message } = await engine.until(meta, ['FAILED'])
  expect(message).toContain('ValueError: 5 is no number of mine')
  expect((await product.show(jobOf(meta))).rc).not.toBe('0')
})

test.each([
  ['requests_only', { cpu: 2, memGB: 2 }],
  ['limits_only', { cpu: 2, cpuMax: 2, memGB: 4, memGBMax: 4 }],
])('%s: its job asks for %j', async (task, size) => {
  const asked = { task, inputs: { i: 7 }, execution: task }
  const [meta = ''] = await engine.create(asked)
  await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(asked)).toBe('7')
  expect(await product.show(jobOf(meta))).toMatchObject(size)
})

test('environment, secrets, extra flags and what the engine adds reach the task; a secret that is not there is told', async () => {
  const asked = { task: 'surroundings', inputs: { i: 1 }, execution: 'surroundings' }
  expect(await engine.refused(asked)).toEqual({
    code: 'INVALID_ARGUMENT',
    details: expect.stringContaining('you have no secret lab_token'),
  })
  await product.float('secret', 'set', 'lab_token', 'hush')
  const [meta = ''] = await engine.create(asked)
  await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(asked)).toBe('a, b=c hush 1')
  const shown = JSON.parse(await product.float('show', '-j', jobOf(meta), '-F', 'json')) as object
  expect(shown).toMatchObject({
    customTags: { step: 'to str', 'nebula-execution': 'surroundings', 'nebula-node': 'n0' },
  })
  expect(JSON.stringify(shown)).not.toContain('hush')
})

test('a task that is moved in the middle ends as if nothing had been, and tells of the move', async () => {
  const asked = { task: 'slow', inputs: { i: 60 }, execution: 'moved' }
  const [meta = ''] = await engine.create(asked)
  const job = jobOf(meta)
  await product.output(job, 'five steps', (log) => log.includes('step 5\n'))
  await product.float('drill', '-j', job, '--notice', '30s')
  const done = await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(asked)).toBe('60 steps')
  const steps = (await product.log(job)).split('\n').filter((line) => line.startsWith('step '))
  expect(steps).toEqual(Array.from({ length: 60 }, (_, step) => `step ${step}`))
  expect(done.custom['migrations']).toMatchObject([{ trigger: 'drill', outcome: 'done' }])
})

test('a Create that is sent again is the same job, also by another replica; another attempt ends it', async () => {
  const asked = { task: 'slow', inputs: { i: 3000 }, execution: 'again' }
  const second = await startAgent(product)
  const first = await engine.create({ ...asked, times: 3 })
  const other = await engine.at(second.address).create(asked)
  expect(new Set([...first, ...other]).size).toBe(1)
  const [retried = ''] = await engine.create({ ...asked, attempt: 1 })
  expect(first).not.toContain(retried)

  // Either replica knows what the other was asked, or has done.
  expect((await engine.at(second.address).get(first[0]!)).phase).toBe('ABORTED')
  await engine.delete(first[0]!)
  await engine.delete(retried)
  await product.status(jobOf(retried), ['Cancelled'])
  expect(await second.stop()).toBe(0)
})

test('while the OpCenter is away its tasks go on, and so does what the engine hears', async () => {
  const asked = { task: 'slow', inputs: { i: 60 }, execution: 'away' }
  const [meta = ''] = await engine.create(asked)
  await engine.until(meta, ['RUNNING'])
  process.kill(await product.pid(), 'SIGKILL')
  const heard = await engine.get(meta)
  expect(heard).toMatchObject({
    phase: 'RUNNING',
    message: expect.stringContaining('nothing was learned from the OpCenter'),
  })
  expect(await engine.refused({ ...asked, execution: 'away-too' })).toMatchObject({ code: 'UNAVAILABLE' })
  await product.up()
  await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(asked)).toBe('60 steps')
})

/** More than gRPC takes unless it is told to. */
const LARGE = 8_000_000

test('a large input, and the result of a cached task, which the engine keeps', async () => {
  const large = { task: 'length', inputs: { text: 'x'.repeat(LARGE) }, execution: 'large' }
  const cached = { task: 'cached', inputs: { i: 1 }, execution: 'cached' }
  const metas = [...(await engine.create(large)), ...(await engine.create(cached))]
  for (const meta of metas) await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(large)).toBe(LARGE)
  expect(await engine.outputs(cached)).toBe('1')
})

test('a fast-registered task: its code comes from the object store, its image has none', async () => {
  await product.float('image', 'add', 'base', `oci:${await buildTaskImage(product.dataDir, false)}`)
  const code = fileURLToPath(new URL('nebula', import.meta.url))
  await promisify(execFile)('tar', ['-C', code, '-czf', join(s3.objects, 'code.tar.gz'), 'flows.py'])
  const distribution = 's3://shelf/code.tar.gz'
  const asked = { task: 'to_str', inputs: { i: 9 }, execution: 'fast', image: 'base:latest', distribution }
  const [meta = ''] = await engine.create(asked)
  await engine.until(meta, ['SUCCEEDED'])
  expect(await engine.outputs(asked)).toBe('9')
})

/** Of two cores each takes some seconds: 50 take minutes. */
const parts = Number(process.env['MMCLOUD_MAP_PARTS'] ?? 10)
const PART_MS = 20_000

test('a map task, its agent killed in the middle of their creation: each part is one job, and none is missing', {
  timeout: 120_000 + parts * PART_MS,
}, async () => {
  const asked = {
    task: 'to_str',
    inputs: { i: Array.from({ length: parts }, (_, at) => at * at) },
    execution: 'map',
  }
  const doomed = await startAgent(product)
  const interrupted = engine.at(doomed.address).createParts(asked, parts, 1)
  const jobs = async (...filter: string[]): Promise<number> =>
    (JSON.parse(await product.float('list', '-F', 'json', ...filter)) as { name: string }[]).filter(
      ({ name }) => name.startsWith('nebula-map_to_str'),
    ).length
  await waitFor('some of them', 60_000, async () => ((await jobs()) > 1 ? { done: true } : { notYet: 'few' }))
  await doomed.stop('SIGKILL')
  expect(await interrupted).toMatchObject({ code: 'UNAVAILABLE' })
  const before = await jobs()
  expect(before).toBeLessThan(parts)

  // The engine asks again for each, of another replica.
  const metas = (await engine.createParts(asked, parts, 0)) as string[]
  expect([new Set(metas).size, await jobs()]).toEqual([parts, parts])
  // One question for all: a Get of each, again and again, would take the jobs' own time.
  await waitFor('all to end', parts * PART_MS, async () => {
    const ended = (await jobs('-f', 'status=Completed')) + (await jobs('-f', 'status=FailToComplete'))
    return ended === parts ? { done: true } : { notYet: `${ended} have ended` }
  })
  expect(new Set((await engine.phases(metas)).map(([phase]) => phase))).toEqual(new Set(['SUCCEEDED']))
  expect(await engine.outputParts(asked, parts)).toEqual(asked.inputs.i.map(String))
})

test('an OpCenter killed in the middle of their creation has each part once when it is asked again', async () => {
  const parts = 4
  const asked = { task: 'to_str', inputs: { i: [1, 2, 3, 4] }, execution: 'killed' }
  const named = async (): Promise<readonly string[]> =>
    (JSON.parse(await product.float('list', '-F', 'json')) as { id: string; customTags: object }[])
      .filter(({ customTags }) => Object.values(customTags).includes('killed'))
      .map(({ id }) => id)
  const pid = await product.pid()
  // Longer than it takes to see the first: the last is never asked for.
  const interrupted = engine.createParts(asked, parts, 5)
  await waitFor('the first', 60_000, async () =>
    (await named()).length > 0 ? { done: true } : { notYet: 'none' },
  )
  process.kill(pid, 'SIGKILL')
  expect(await interrupted).toMatchObject({ code: 'UNAVAILABLE' })
  await product.up()
  const metas = (await engine.createParts(asked, parts, 0)) as string[]
  expect(new Set(metas.map(jobOf))).toEqual(new Set(await named()))
  expect(new Set(metas).size).toBe(parts)
  await Promise.all(metas.map((meta) => engine.until(meta, ['SUCCEEDED'])))
  expect(await engine.outputParts(asked, parts)).toEqual(['1', '2', '3', '4'])
})

test('with retryable phases a task that says so may be tried again, and stays so however often it is asked', async () => {
  const retrying = await startAgent(product, ['--retryable'])
  const through = engine.at(retrying.address)
  const [meta = ''] = await through.create({ task: 'busy', inputs: { i: 1 }, execution: 'busy' })
  const { message } = await through.until(meta, ['RETRYABLE_FAILED'])
  expect(message).toContain('come back later')
  expect((await through.get(meta)).phase).toBe('RETRYABLE_FAILED')
  await retrying.stop()
})

test('an agent that begins while its OpCenter is away serves as soon as that is back', async () => {
  process.kill(await product.pid(), 'SIGKILL')
  const early = await startAgent(product)
  const asked = { task: 'to_str', inputs: { i: 3 }, execution: 'early' }
  const first = engine.at(early.address)
  expect(await first.refused(asked)).toMatchObject({ code: 'UNAVAILABLE' })
  await product.up()
  const [meta = ''] = await first.create(asked)
  await first.until(meta, ['SUCCEEDED'])
  await early.stop()
})

test('what cannot run here is refused in words', async () => {
  const asked = { task: 'to_str', inputs: { i: 1 }, execution: 'bad' }
  expect(await engine.refused({ ...asked, image: '127.0.0.1:9/at-all:1' })).toMatchObject({
    code: 'UNAVAILABLE',
    details: expect.stringContaining('the registry 127.0.0.1:9 did not answer'),
  })
  expect(await engine.refused({ ...asked, task: 'enormous' })).toMatchObject({
    code: 'INVALID_ARGUMENT',
    details: expect.stringContaining('no instance type'),
  })
  expect(await engine.refused({ ...asked, task: 'bad_flags' })).toEqual({
    code: 'INVALID_ARGUMENT',
    details: expect.stringMatching(/^submit_extra: .*--nonsense/),
  })
  const wrong = await startAgent(product, [], { password: 'not the password' })
  const refused = await engine.at(wrong.address).refused(asked)
  expect(refused).toEqual({
    code: 'UNAUTHENTICATED',
    details: expect.stringContaining('Wrong user name or password'),
  })
  expect(`${wrong.said()}${refused.details}`).not.toContain('not the password')
  await wrong.stop()
})

test('an OpCenter with another certificate is refused, and its tasks are told as they were', async () => {
  const [meta = ''] = await engine.create({ task: 'to_str', inputs: { i: 1 }, execution: 'pinned' })
  await engine.until(meta, ['SUCCEEDED'])
  await product.down()
  await rm(join(product.dataDir, 'tls'), { recursive: true })
  await product.up()
  const heard = await engine.get(meta)
  expect(heard).toMatchObject({ phase: 'SUCCEEDED', message: expect.stringContaining('has changed') })
  expect(await engine.refused({ task: 'to_str', inputs: { i: 1 }, execution: 'unpinned' })).toMatchObject({
    code: 'FAILED_PRECONDITION',
    details: expect.stringContaining('the certificate of'),
  })
})

test('what was asked is counted for Prometheus', async () => {
  const text = await (await fetch(agent.prometheus)).text()
  expect(text).toMatch(
    /flyte_agent_requests_success_total\{task_type="mmcloud_task",operation="create"\} \d+/,
  )
  expect(text).toMatch(
    /flyte_agent_requests_failure_total\{.*operation="create".*error_code="INVALID_ARGUMENT"/,
  )
  expect(text).toContain('flyte_agent_request_latency_seconds')
})
