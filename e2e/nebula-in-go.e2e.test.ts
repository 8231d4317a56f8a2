import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAgent } from './nebula/engine.ts'

const ENGINE = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'clients/engine-in-go/engine-in-go')

/** What waits for ever: no spot instance costs so little. */
const EXTRA = '--vmPolicy [spotOnly=true,priceLimit=0.0000001,retryInterval=3600s]'

let product: Product
let agent: Awaited<ReturnType<typeof startAgent>>
beforeAll(async () => {
  product = await Product.start()
  agent = await startAgent(product)
}, 120_000)
afterAll(async () => {
  await agent.stop()
  await product.destroy()
}, 120_000)

const engine = async (env: Readonly<Record<string, string>>): Promise<{ code: number; said: string }> => {
  const child = spawn(ENGINE, ['-test.v', '-test.timeout=5m'], { stdio: ['ignore', 'pipe', 'inherit'], env })
  let said = ''
  child.stdout.on('data', (data: Buffer) => (said += data.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, said }
}

test('a client in Go, with the engine’s own stubs, discovers, creates, polls, reads and deletes', async () => {
  const { code, said } = await engine({ AGENT: agent.address, EXTRA })
  expect(said.match(/^--- PASS/gm), said).toHaveLength(6)
  expect(code).toBe(0)
})

test('without an agent it fails', async () => {
  expect((await engine({})).said).toContain('AGENT is not set')
  const { code, said } = await engine({ AGENT: '127.0.0.1:1' })
  expect([code, said.match(/^--- PASS/gm)]).toEqual([1, null])
})
