import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { COUNTER, everyStepOnce, Product, waitFor } from '@mmcloud/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

const run = promisify(execFile)
const OPENCENTER = fileURLToPath(new URL('../../../bin/opencenter', import.meta.url))

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

test('stopping after a crash saves the running jobs; the next start goes on with them', async () => {
  const job = await counting()
  await crash()
  expect(await stop()).toContain('its jobs are saved')
  await product.up()
  await product.event(job, 'restored')
  await product.tellToEnd(job)
  everyStepOnce(await product.log(job))
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
