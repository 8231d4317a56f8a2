import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

const run = promisify(execFile)
const OPENCENTER = fileURLToPath(new URL('../../../bin/opencenter', import.meta.url))
/** 20 s: longer than a loaded machine takes from the crash to the save. */
const STEPS = 200
const COUNTER = `#!/usr/bin/env python3
import time
for step in range(1, ${STEPS} + 1):
    print(f"step {step}", flush=True)
    time.sleep(0.1)
`

let product: Product
beforeEach(async () => {
  product = await Product.start()
})
afterEach(() => product.destroy())

const counting = async (): Promise<string> => {
  const job = await product.submit(COUNTER, '-c', '1', '-m', '1')
  await product.output(job, 'step 5', (text) => text.includes('step 5\n'))
  return job
}

const crash = async (): Promise<void> => {
  const pid = await product.pid()
  process.kill(pid, 'SIGKILL')
  await waitFor('the OpCenter to be dead', 10_000, async () =>
    (await run('ps', ['-p', String(pid)]).catch(() => undefined)) ? { notYet: 'alive' } : { done: true },
  )
}

const stop = async (...flags: string[]): Promise<string> =>
  (await run(OPENCENTER, ['stop', '--data-dir', product.dataDir, ...flags])).stdout

const everyStepOnce = async (job: string): Promise<void> => {
  await product.status(job, ['Completed'])
  const steps = Array.from({ length: STEPS }, (_, index) => `step ${index + 1}\n`)
  expect(await product.log(job)).toBe(steps.join(''))
}

test('stopping after a crash saves the running jobs; the next start goes on with them', async () => {
  const job = await counting()
  await crash()
  expect(await stop()).toContain('its jobs are saved')
  await product.up()
  await everyStepOnce(job)
  const reasons = (await product.events(job)).map((event) => event.reason)
  expect(reasons).toEqual(expect.arrayContaining(['openCenterStopping', 'saved', 'restored']))
  expect(reasons).not.toContain('instanceDied')
})

test('stopping by force after a crash saves nothing, and says so; the job runs again from its start', async () => {
  const job = await counting()
  await crash()
  expect(await stop('--force')).toContain('nothing was saved')
  await product.up()
  await product.event(job, 'startedOver')
  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
})

test('where nothing runs there is nothing to save', async () => {
  await product.down()
  expect(await stop()).toContain('No OpCenter runs')
  await product.up()
})
