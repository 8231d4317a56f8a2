import { readFile } from 'node:fs/promises'
import { everyStepOnce, Product, UNTIL_TOLD } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const RECLAIMS = 20
const program = (): Promise<string> =>
  readFile(new URL('stateful-program.py', import.meta.url), 'utf8').then(
    (text) => `#!/usr/bin/env python3\n${text}`,
  )

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const resultOf = (log: string): string =>
  log.split('\n').findLast((line) => line.startsWith('RESULT')) ?? 'no result'

/** How many there are; throws when one is missing or there twice. */
const stepsIn = (log: string): number =>
  everyStepOnce(
    log
      .split('\n')
      .filter((line) => line.startsWith('step'))
      .map((line) => `${line}\n`)
      .join(''),
  )

const SMALL = ['-c', '1', '-m', '1'] as const
const ENDLESS = ['-e', 'STEPS=1000000'] as const

describe('a stateful job', () => {
  test(`ends with the same result after ${RECLAIMS} reclaims as undisturbed`, {
    timeout: 900_000,
  }, async () => {
    const moved = await product.submit(await program(), ...SMALL, ...ENDLESS)
    await product.status(moved, ['Executing'])
    let seen = 0
    for (let reclaim = 1; reclaim <= RECLAIMS; reclaim += 1) {
      await product.float('drill', '-j', moved, '--notice', '20s')
      seen = (await product.event(moved, 'restored', seen)).seq
    }
    await product.tellToEnd(moved)
    const log = await product.log(moved)
    const pace = ['-e', 'SECONDS_PER_STEP=0', '-e', `STEPS=${stepsIn(log)}`]
    const undisturbed = await product.submit(await program(), ...SMALL, ...pace)
    await product.status(undisturbed, ['Completed'])
    expect(resultOf(log)).toBe(resultOf(await product.log(undisturbed)))
  })

  test('goes back to its snapshot when its instance dies without notice, every row there once', async () => {
    const job = await product.submit(await program(), ...SMALL, ...ENDLESS)
    await product.output(job, 'step 20', (text) => text.includes('step 20\n'))
    await product.float('snapshot', '-j', job)
    const taken = await product.event(job, 'snapshotTaken')
    const atSnapshot = (await product.log(job)).split('\n').length
    await product.output(job, 'fifty more steps', (text) => text.includes(`step ${atSnapshot + 50}\n`))
    await product.float('drill', '-j', job, '--notice', '0s')
    await product.event(job, 'restored', taken.seq)
    await product.tellToEnd(job)
    stepsIn(await product.log(job))
    expect(await product.float('log', 'ls', '-j', job)).toContain('stdout.autosave.lost-1')
  })

  test('survives a second reclaim during the restore from the first', async () => {
    // Memory that takes a while to read back, so that the second one comes in between.
    const script = `${UNTIL_TOLD}
import hashlib
ballast = os.urandom(400 * 2**20)
before = hashlib.sha256(ballast).hexdigest()
step = 0
while not told:
    step += 1
    print(f"step {step}", flush=True)
    time.sleep(0.1)
print("intact" if hashlib.sha256(ballast).hexdigest() == before else "damaged", flush=True)
`
    const job = await product.submit(script, ...SMALL)
    await product.output(job, 'step 10', (text) => text.includes('step 10\n'))
    await product.float('drill', '-j', job, '--notice', '60s')
    const saved = await product.event(job, 'saved')
    await product.float('drill', '-j', job, '--notice', '0s')
    const second = await product.event(job, 'drillAsked', saved.seq)
    expect(second.from).toBe('Floating')
    await product.event(job, 'restored', second.seq)
    await product.tellToEnd(job)
    const log = await product.log(job)
    stepsIn(log)
    expect(log).toMatch(/\nintact\n$/)
  })
})
