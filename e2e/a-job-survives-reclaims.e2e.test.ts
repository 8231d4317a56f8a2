import { readFile } from 'node:fs/promises'
import { Product } from '@mmcloud/testkit'
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

describe('a stateful job', () => {
  test(`ends with the same result after ${RECLAIMS} reclaims as undisturbed`, {
    timeout: 900_000,
  }, async () => {
    const script = await program()
    const undisturbed = await product.submit(
      script,
      '-c',
      '1',
      '-m',
      '1',
      '-e',
      'STEPS=400',
      '-e',
      'SECONDS_PER_STEP=0.01',
    )
    const moved = await product.submit(
      script,
      '-c',
      '1',
      '-m',
      '1',
      '-e',
      'STEPS=400',
      '-e',
      'SECONDS_PER_STEP=0.25',
    )
    await product.status(moved, ['Executing'])
    let seen = 0
    for (let reclaim = 1; reclaim <= RECLAIMS; reclaim += 1) {
      await product.float('drill', '-j', moved, '--notice', '20s')
      seen = (await product.event(moved, 'restored', seen)).seq
    }
    await product.status(undisturbed, ['Completed'])
    await product.status(moved, ['Completed'], 300_000)
    const log = await product.log(moved)
    expect(resultOf(log)).toBe(resultOf(await product.log(undisturbed)))
    const steps = log.split('\n').filter((line) => line.startsWith('step'))
    expect(steps).toEqual(Array.from({ length: 400 }, (_, index) => `step ${index + 1}`))
  })

  test('goes back to its snapshot when its instance dies without notice, every row there once', {
    timeout: 300_000,
  }, async () => {
    const job = await product.submit(
      await program(),
      '-c',
      '1',
      '-m',
      '1',
      '-e',
      'STEPS=150',
      '-e',
      'SECONDS_PER_STEP=0.1',
    )
    await product.status(job, ['Executing'])
    await product.output(job, 'step 20', (text) => text.includes('step 20\n'))
    await product.float('snapshot', '-j', job)
    const taken = await product.event(job, 'snapshotTaken')
    const atSnapshot = (await product.log(job)).split('\n').filter((line) => line.startsWith('step')).length
    await product.output(job, 'fifty more steps', (text) => text.includes(`step ${atSnapshot + 50}\n`))
    await product.float('drill', '-j', job, '--notice', '0s')
    await product.event(job, 'restored', taken.seq)
    await product.status(job, ['Completed'])
    const steps = (await product.log(job)).split('\n').filter((line) => line.startsWith('step'))
    expect(steps).toEqual(Array.from({ length: 150 }, (_, index) => `step ${index + 1}`))
    expect(await product.float('log', 'ls', '-j', job)).toContain('stdout.autosave.lost-1')
  })

  test('survives a second reclaim during the restore from the first', { timeout: 300_000 }, async () => {
    // Memory that takes a while to read back, so that the second one comes in between.
    const script = `#!/usr/bin/env python3
import hashlib, os, time
ballast = os.urandom(400 * 2**20)
before = hashlib.sha256(ballast).hexdigest()
for step in range(1, 81):
    print(f"step {step}", flush=True)
    time.sleep(0.1)
print("intact" if hashlib.sha256(ballast).hexdigest() == before else "damaged", flush=True)
`
    const job = await product.submit(script, '-c', '1', '-m', '1')
    await product.output(job, 'step 10', (text) => text.includes('step 10\n'))
    await product.float('drill', '-j', job, '--notice', '60s')
    const saved = await product.event(job, 'saved')
    await product.float('drill', '-j', job, '--notice', '0s')
    const second = await product.event(job, 'drillAsked', saved.seq)
    expect(second.from).toBe('Floating')
    await product.status(job, ['Completed'])
    const steps = Array.from({ length: 80 }, (_, index) => `step ${index + 1}\n`).join('')
    expect(await product.log(job)).toBe(`${steps}intact\n`)
  })
})
