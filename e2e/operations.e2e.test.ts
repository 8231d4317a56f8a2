import { readFile } from 'node:fs/promises'
import { COUNTER, everyStepOnce, Product, UNTIL_TOLD, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const SMALL = ['-c', '1', '-m', '1'] as const
const FOREVER = '#!/bin/sh\nexec sleep 100000\n'

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const counter = (...flags: string[]): Promise<string> => product.submit(COUNTER, ...SMALL, ...flags)
const step = (job: string, count: number): Promise<string> =>
  product.output(job, `step ${count}`, (text) => text.includes(`step ${count}\n`))

/** Volumes that the cloud keeps for this job. */
const volumesOf = async (job: string): Promise<number> => {
  const cloud = JSON.parse(await readFile(`${product.dataDir}/cloud/state.json`, 'utf8')) as {
    volumes: { owner: string }[]
  }
  return cloud.volumes.filter(({ owner }) => owner === job).length
}

describe.concurrent('what a person can ask of a job', () => {
  test('suspend gives its instance back, resume goes on with the same process', async () => {
    const job = await counter()
    await step(job, 10)
    expect(await product.float('suspend', '-f', '-j', job)).toBe('Suspend request has been submitted\n')
    await product.status(job, ['Suspended'])
    await waitFor('its instance to be given back', 30_000, async () => {
      const hosts = JSON.parse(await product.float('hosts', '-F', 'json')) as { job: string }[]
      return hosts.some((host) => host.job === job) ? { notYet: 'rented' } : { done: true }
    })
    expect((await product.show(job)).workingHost).toBe('')
    await product.float('resume', '-j', job)
    await product.event(job, 'restored')
    expect((await product.tellToEnd(job)).attempt).toBe(1)
    everyStepOnce(await product.log(job))
  })

  test('rerun begins from scratch, as the next attempt, and keeps the earlier log', async () => {
    const script = '#!/bin/sh\n[ ! -e /var/tmp/ran ] || exit 9\ntouch /var/tmp/ran\necho ran\nexit 3\n'
    const job = await product.submit(script, ...SMALL)
    expect(await product.status(job, ['FailToComplete'])).toMatchObject({ attempt: 1, rc: '3' })
    await product.float('rerun', '-j', job)
    expect(await product.status(job, ['FailToComplete'])).toMatchObject({ attempt: 2, rc: '3' })
    expect(await product.log(job)).toBe('ran\n')
    expect(await product.log(job, 'stdout.autosave.1')).toBe('ran\n')
  })

  test('a configuration is used again: rerun with changes, a template with flags over it', async () => {
    const job = await product.submit('#!/bin/sh\necho "$LEVEL $FLOAT_JOB_ID"\n', ...SMALL, '-e', 'LEVEL=1')
    await product.status(job, ['Completed'])
    await product.float('rerun', '-j', job, '-e', 'LEVEL=2', '--mem', '2')
    expect(await product.status(job, ['Completed'])).toMatchObject({ attempt: 2, memGB: 2 })
    expect(await product.log(job)).toBe(`2 ${job}\n`)
    await product.float('template', 'create', 'levels:1', '--from-job', job)
    const again = JSON.parse(
      await product.float('submit', '--template', 'levels', '-e', 'LEVEL=3', '-F', 'json'),
    ) as { id: string }
    await product.status(again.id, ['Completed'])
    expect(await product.log(again.id)).toBe(`3 ${again.id}\n`)
  })

  test('ps and df show what runs inside and how full its disks are', async () => {
    const script =
      '#!/bin/sh\nsleep 1000 & dd if=/dev/zero of=/data/x bs=1M count=64 status=none\necho ready\nwait\n'
    const job = await product.submit(script, ...SMALL, '--dataVolume', '[size=1]:/data')
    await product.output(job, 'readiness', (text) => text === 'ready\n')
    const inside = (what: string) => product.float(what, '-j', job, '-F', 'json')
    const processes = JSON.parse(await inside('ps')) as { pid: number; parent: number; command: string }[]
    const sleeper = processes.find(({ command }) => command === 'sleep 1000')
    expect(processes.find(({ pid }) => pid === sleeper?.parent)?.command).toContain('/bin/sh')
    const disks = JSON.parse(await inside('df')) as { mountPoint: string; usedBytes: number; bytes: number }[]
    expect(disks.map(({ mountPoint }) => mountPoint)).toEqual(['/', '/data'])
    expect(disks[1]).toMatchObject({ bytes: 2 ** 30 })
    await product.float('cancel', '-f', '-j', job)
    await product.status(job, ['Cancelled'])
    expect((await product.tryFloat('ps', '-j', job)).stderr).toContain('runs on no instance now')
  })

  test('a job that may not be moved works until its instance is gone, and starts over', async () => {
    const job = await counter('--disableMigrate')
    await step(job, 3)
    expect((await product.tryFloat('suspend', '-f', '-j', job)).stderr).toContain('--disableMigrate')
    await product.float('drill', '-j', job, '--notice', '1s')
    await product.event(job, 'startedOver')
    await product.tellToEnd(job)
    const reasons = (await product.events(job)).map(({ reason }) => reason)
    expect(reasons).not.toContain('saved')
    everyStepOnce(await product.log(job))
  })

  test('migrate --sync moves to a type, then to a size', async () => {
    const job = await counter()
    await step(job, 5)
    expect(await product.float('migrate', '--sync', '-f', '-t', 't3.small', '-j', job)).toMatch(/goes on/)
    expect(await product.show(job)).toMatchObject({ status: 'Executing', instanceType: 't3.small' })
    await product.float('migrate', '--sync', '-f', '-c', '2', '-m', '4', '-j', job)
    expect((await product.show(job)).workingHost).toMatch(/^\S+ \(2Core4GB\/Spot\)$/)
    await product.tellToEnd(job)
    everyStepOnce(await product.log(job))
  })

  test('cancel of a suspended job deletes its disk', async () => {
    const job = await product.submit(FOREVER, ...SMALL)
    await product.status(job, ['Executing'])
    await product.float('suspend', '-f', '-j', job)
    await product.status(job, ['Suspended'])
    expect(await volumesOf(job)).toBe(1)
    await product.float('cancel', '-f', '-j', job)
    await product.status(job, ['Cancelled'])
    await waitFor('its disk to be gone', 30_000, async () => {
      const left = await volumesOf(job)
      return left === 0 ? { done: true } : { notYet: `${left} volumes` }
    })
  })
})

describe.concurrent('what moves with a job', () => {
  test('a data volume', async () => {
    const script = `${UNTIL_TOLD}
assert os.statvfs("/data").f_fsid != os.statvfs("/").f_fsid
written = open("/data/steps", "a")
step = 0
while not told:
    step += 1
    print(f"step {step}", file=written, flush=True)
    print(f"step {step}", flush=True)
    time.sleep(0.1)
print("on disk", len(open("/data/steps").readlines()), flush=True)
`
    const job = await product.submit(script, ...SMALL, '--dataVolume', '[size=1]:/data')
    await step(job, 10)
    await product.float('drill', '-j', job, '--notice', '20s')
    await product.event(job, 'restored')
    await product.tellToEnd(job)
    const [steps = '', onDisk] = (await product.log(job)).split('on disk ')
    expect(onDisk).toBe(`${everyStepOnce(steps)}\n`)
  })

  test('a published port, and the memory of the server behind it', async () => {
    const script = `#!/usr/bin/env python3
import http.server
class Counting(http.server.BaseHTTPRequestHandler):
    served = 0
    def do_GET(self):
        Counting.served += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"request {Counting.served}".encode())
http.server.HTTPServer(("", 8000), Counting).serve_forever()
`
    const job = await product.submit(script, ...SMALL, '--publish', '18888:8000')
    await product.status(job, ['Executing'])
    const before = await published(job)
    expect(await answerOf(before)).toBe('request 1')
    await product.float('drill', '-j', job, '--notice', '20s')
    await product.event(job, 'restored')
    const after = await published(job)
    expect(after).not.toBe(before)
    expect(await answerOf(after)).toBe('request 2')
    await product.float('cancel', '-f', '-j', job)
    await product.status(job, ['Cancelled'])
  })
})

/** The address of a job's port as scripts find it: the fourth word below `portMappings:`. */
const published = async (job: string): Promise<string> => {
  const shown = await product.float('show', '-j', job)
  const address = /^portMappings:\n(.+)$/m.exec(shown)?.[1]?.trim().split(/\s+/)[3]
  if (address === undefined) throw new Error(`no port in\n${shown}`)
  return address
}

/** The server may need a moment after its program has begun. */
const answerOf = (address: string): Promise<string> =>
  waitFor(`an answer from ${address}`, 30_000, async () => {
    try {
      return { done: await (await fetch(`http://${address}/`)).text() }
    } catch (error) {
      return { notYet: String(error) }
    }
  })
