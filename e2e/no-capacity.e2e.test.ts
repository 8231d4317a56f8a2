import { COUNTER, everyStepOnce, Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const SMALL = ['-c', '1', '-m', '1'] as const
const FOREVER = '#!/bin/sh\nexec sleep 100000\n'

/** One spot instance and nothing else: whoever has it keeps the others waiting. */
let product: Product
beforeAll(async () => {
  product = await Product.start({
    env: { OPCENTER_LOCAL_SPOT_CAPACITY: '1', OPCENTER_LOCAL_ON_DEMAND_CAPACITY: '0' },
  })
}, 120_000)
afterAll(() => product.destroy(), 120_000)

describe('where the only instance is taken', () => {
  test('jobs wait, give up or are cancelled, and a saved one waits for ever', async () => {
    const holder = await product.submit(COUNTER, ...SMALL)
    await product.output(holder, 'step 5', (text) => text.includes('step 5\n'))

    const queued = await product.submit(FOREVER, ...SMALL)
    const impatient = await product.submit(
      FOREVER,
      ...SMALL,
      '--vmPolicy',
      '[spotOnly=true,retryLimit=2,retryInterval=1s]',
    )
    await product.status(impatient, ['NoAvailableHost'])
    const [last] = (await product.events(impatient)).toReversed()
    expect(last).toMatchObject({ reason: 'retriesUsedUp', numbers: { tries: 3 } })
    expect(last?.sentence).toMatch(/spot/i)

    await product.event(queued, 'noCapacity')
    await product.float('cancel', '-f', '-j', queued)
    await product.status(queued, ['Cancelled'])

    await product.float('suspend', '-f', '-j', holder)
    await product.status(holder, ['Suspended'])
    const next = await product.submit(FOREVER, ...SMALL)
    await product.status(next, ['Executing'])
    await product.float('resume', '-j', holder)
    await product.event(holder, 'waitingForCapacity')
    expect((await product.show(holder)).status).toBe('Resuming')

    // Saved and waiting can be suspended again, or cancelled, at once; and goes on when there is room.
    await product.float('suspend', '-f', '-j', holder)
    await product.status(holder, ['Suspended'])
    await product.float('cancel', '-f', '-j', next)
    await product.status(next, ['Cancelled'])
    await product.float('resume', '-j', holder)
    await product.event(holder, 'restored')
    await product.tellToEnd(holder)
    everyStepOnce(await product.log(holder))
  })

  test('a job that waits with its state saved can be cancelled', async () => {
    const job = await product.submit(FOREVER, ...SMALL)
    await product.status(job, ['Executing'])
    await product.float('suspend', '-f', '-j', job)
    await product.status(job, ['Suspended'])
    const next = await product.submit(FOREVER, ...SMALL)
    await product.status(next, ['Executing'])
    await product.float('resume', '-j', job)
    await product.event(job, 'waitingForCapacity')
    await product.float('cancel', '-f', '-j', job)
    await product.status(job, ['Cancelled'])
    await product.float('cancel', '-f', '-j', next)
    await product.status(next, ['Cancelled'])
  })
})
