import { readFile } from 'node:fs/promises'
import { COUNTER, everyStepOnce, Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const killOpenCenter = async (): Promise<void> => {
  const pid = await product.pid()
  process.kill(pid, 'SIGKILL')
  await waitFor('the OpCenter to be dead', 10_000, async () => {
    try {
      process.kill(pid, 0)
      return { notYet: 'alive' }
    } catch {
      return { done: true }
    }
  })
}

const moreSteps = async (job: string): Promise<void> => {
  const seen = (await product.log(job)).split('\n').length
  await product.output(job, 'more steps', (text) => text.split('\n').length > seen + 5)
}

describe('an OpCenter that is killed', () => {
  test('and started again: the running job never notices', async () => {
    const job = await product.submit(COUNTER, '-c', '1', '-m', '1')
    await product.output(job, 'step 5', (text) => text.includes('step 5\n'))
    await killOpenCenter()
    await product.up()
    await moreSteps(job)
    await product.tellToEnd(job)
    everyStepOnce(await product.log(job))
    expect((await product.events(job)).map((event) => event.reason)).not.toContain('restored')
  })

  test('in the middle of a migration finishes or undoes it after its restart, with one copy', {
    timeout: 180_000,
  }, async () => {
    const job = await product.submit(COUNTER, '-c', '1', '-m', '1')
    await product.output(job, 'step 5', (text) => text.includes('step 5\n'))
    await product.float('migrate', '-f', '-j', job)
    await killOpenCenter()
    await product.up()
    await product.status(job, ['Executing'])
    await moreSteps(job)
    await product.tellToEnd(job)
    everyStepOnce(await product.log(job))
  })

  test('while a reclaim runs its course: the worker saves the job by itself, and it is picked up', {
    timeout: 180_000,
  }, async () => {
    const job = await product.submit(COUNTER, '-c', '1', '-m', '1')
    await product.output(job, 'step 5', (text) => text.includes('step 5\n'))
    const instance = (await product.events(job)).find((event) => event.reason === 'started')?.numbers[
      'instance'
    ]
    await product.float('drill', '-j', job, '--notice', '6s')
    await killOpenCenter()
    // The cloud takes the instance while nobody is there to look; its sandbox is named after it.
    await waitFor('the instance to be taken', 60_000, async () => {
      const cloud = JSON.parse(await readFile(`${product.dataDir}/cloud/state.json`, 'utf8')) as {
        instances: { id: string }[]
      }
      return cloud.instances.some(({ id }) => id === instance) ? { notYet: 'still there' } : { done: true }
    })
    await product.up()
    await product.event(job, 'restored')
    await moreSteps(job)
    await product.tellToEnd(job)
    everyStepOnce(await product.log(job))
  })
})
