import { readdir, readFile } from 'node:fs/promises'
import { COUNTER, everyStepOnce, Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const WORKER = '/opt/mmcloud/worker.mjs'

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

/** The worker on the instance that the job runs on: told from those of other instances by its control group. */
const workerOf = async (job: string): Promise<number | undefined> => {
  const hosts = JSON.parse(await product.float('hosts', '-F', 'json')) as { id: string; job: string }[]
  const instance = hosts.find((host) => host.job === job)?.id
  if (instance === undefined) throw new Error(`job ${job} has no instance`)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [words, groups] = await Promise.all(
        ['cmdline', 'cgroup'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      )
      return words?.includes(`node\0${WORKER}\0`) && groups?.includes(instance) ? [Number(pid)] : []
    }),
  )
  return found.flat()[0]
}

describe('a worker that is killed', () => {
  test('comes back, adopts the job, and can still save it: no step and no line is lost', async () => {
    const job = await product.submit(COUNTER, '-c', '1', '-m', '1')
    await product.output(job, 'step 5', (text) => text.includes('step 5\n'))
    const killed = await workerOf(job)
    if (killed === undefined) throw new Error('no worker was found')
    process.kill(killed, 'SIGKILL')
    await waitFor('another worker', 30_000, async () => {
      const pid = await workerOf(job)
      return pid === undefined || pid === killed ? { notYet: `worker ${pid}` } : { done: pid }
    })
    const atReturn = (await product.log(job)).split('\n').length
    await product.output(job, 'more steps', (text) => text.split('\n').length > atReturn + 10)
    expect((await product.events(job)).map((event) => event.reason)).not.toContain('restored')
    await product.float('migrate', '--sync', '-f', '-j', job)
    await product.tellToEnd(job)
    everyStepOnce(await product.log(job))
  })
})
