import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const FLOAT_DIR = fileURLToPath(new URL('../bin', import.meta.url))

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

test.each(['job-manager.sh', 'nextflow-calls.sh'])('%s finds what it greps for', async (name) => {
  const script = fileURLToPath(new URL(`scripts/${name}`, import.meta.url))
  const env = {
    ...process.env,
    PATH: `${FLOAT_DIR}:${process.env['PATH']}`,
    HOME: join(product.dataDir, `home-of-${name}`),
  }
  const { stdout } = await promisify(execFile)('bash', [script, product.address, 'admin', product.password], {
    env,
  })
  expect(stdout).toBe('passed\n')
})
