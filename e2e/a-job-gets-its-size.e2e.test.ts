import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let center: Product
beforeAll(async () => {
  center = await Product.start()
})
afterAll(async () => {
  await center.destroy()
})

type Move = {
  readonly id: string
  readonly trigger: string
  readonly reason: string
  readonly rule: string
  readonly from: string
  readonly to: string
  readonly source: { readonly cpu: number; readonly memGB: number }
  readonly target: { readonly cpu: number; readonly memGB: number }
  readonly phases: Readonly<Record<string, number>>
  readonly standStillMs: number
  readonly outcome: string
  readonly bytes: number
  readonly cost: number
}

/** The ledger, once it has so many moves that are done. */
const moves = (job: string, count: number): Promise<Move[]> =>
  waitFor(`${count} moves of job ${job}`, 240_000, async () => {
    const all = JSON.parse(await center.float('migrations', '-j', job, '-F', 'json')) as Move[]
    const done = all.filter(({ outcome }) => outcome === 'done')
    if (done.length >= count) return { done }
    const { status } = await center.show(job)
    if (status.startsWith('Fail'))
      throw new Error((await center.events(job)).map((e) => e.sentence).join('\n'))
    return { notYet: `${done.length}, ${status}` }
  })

/** Each line of the ledger says why, on which numbers, and where the time went. */
const explainsItself = (move: Move): void => {
  expect(move.reason).toContain(move.from)
  expect(move.reason).toContain(move.to)
  const { freeze, dump, handOver, restore, decide } = move.phases
  expect(decide).toBeGreaterThan(0)
  expect(freeze! + dump! + handOver! + restore!).toBeGreaterThan(move.standStillMs * 0.9)
  expect(freeze! + dump! + handOver! + restore!).toBeLessThan(move.standStillMs * 1.1 + 50)
  expect(move.bytes).toBeGreaterThan(2 ** 20)
  expect(move.cost).toBeGreaterThan(0)
}

test('data that is larger than the memory it was given: moved before it would be killed, and the answer is right', async () => {
  const script = await readFile(fileURLToPath(new URL('../demo/grow.py', import.meta.url)), 'utf8')
  const job = await center.submit(script, '-t', 't3.micro', '-n', 'grows', '-e', 'SECONDS_PER_MONTH=1')
  await center.status(job, ['Completed'], 240_000)
  const ledger = await moves(job, 1)
  expect(ledger.length).toBeLessThanOrEqual(2)
  for (const move of ledger) {
    expect(move).toMatchObject({ trigger: 'evadeOOM', rule: 'evadeOOM' })
    expect(move.target.memGB).toBeGreaterThan(move.source.memGB)
    explainsItself(move)
  }
  const undisturbed = await center.submit(script, '-m', '8', '-n', 'large', '-e', 'SECONDS_PER_MONTH=0')
  await center.status(undisturbed, ['Completed'])
  const result = async (id: string): Promise<string> => (await center.log(id)).trim().split('\n').at(-1)!
  expect(await result(job)).toMatch(/^RESULT 336776 flights/)
  expect(await result(job)).toBe(await result(undisturbed))
})

test('a job that may not move by itself, and lives on swap for the most part, is saved at the first try', async () => {
  const holds = `#!/usr/bin/env python3
import os, subprocess
blocks = [os.urandom(4096) * 256 for _ in range(2000)]
firsts = [block[:4096] for block in blocks]
subprocess.run(["/opt/memverge/bin/float", "migrate", "--sync", "-f", "-t", "t3.large"], check=True)
print("RESULT", all(block == first * 256 for block, first in zip(blocks, firsts)), flush=True)
`
  const job = await center.submit(holds, '-t', 't3.micro', '-M', '[evadeOOM=false]')
  await center.status(job, ['Completed'], 120_000)
  const [move] = await moves(job, 1)
  expect(move).toMatchObject({ trigger: 'program', source: { memGB: 1 }, target: { memGB: 8 } })
  expect(move!.bytes).toBeGreaterThan(2000 * 2 ** 20)
  expect(await center.log(job)).toContain('RESULT True')
  expect((await center.events(job)).map(({ reason }) => reason)).not.toContain('captureFailed')
})

test('a program that could use more cores gets them', async () => {
  const busy = `#!/usr/bin/env python3
import os, time
for _ in range(2): os.fork()
end = time.time() + 300
while time.time() < end and not os.path.exists('/tmp/enough'): sum(range(10000))
`
  const policy = '[cpu.disable=false,cpu.upperBoundDuration=5s,cpu.step=100]'
  const job = await center.submit(busy, '-t', 't2.micro', '-n', 'busy', '-M', policy)
  const [move] = await moves(job, 1)
  expect(move).toMatchObject({ trigger: 'policyCpuUp', rule: 'cpu.upperBoundRatio', source: { cpu: 1 } })
  expect(move!.target.cpu).toBeGreaterThanOrEqual(2)
  explainsItself(move!)
  await center.float('cancel', '-f', '-j', job)
  await center.status(job, ['Cancelled'])
})

test('a job that idles after a peak goes down, and up again when it works', async () => {
  const breathing = `#!/usr/bin/env python3
import os, time
def until_moved():
    before = time.time()
    while time.time() - before < 0.5:
        before = time.time()
        time.sleep(0.1)
held = os.urandom(1 << 20) * 2000
time.sleep(2)
held = None
print('idles', flush=True)
until_moved()
held = os.urandom(1 << 20) * 1500
print('works', flush=True)
until_moved()
print('RESULT', len(held), flush=True)
`
  const policy =
    '[mem.disable=false,mem.upperBoundRatio=70,mem.upperBoundDuration=4s,mem.lowerBoundRatio=20,mem.lowerBoundDuration=5s,mem.lowerLimit=2]'
  const job = await center.submit(breathing, '-t', 't3.medium', '-n', 'breathes', '-M', policy)
  const ledger = await moves(job, 2)
  expect(ledger.map(({ trigger }) => trigger)).toEqual([
    'policyMemDown',
    expect.stringMatching(/policyMemUp|evadeOOM/),
  ])
  for (const move of ledger) explainsItself(move)
  await center.status(job, ['Completed'])
  expect(await center.log(job)).toContain(`RESULT ${1500 * 2 ** 20}`)
})
