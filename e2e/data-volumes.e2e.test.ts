import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const secret = randomBytes(24).toString('hex')

test.each([
  [
    'with one too many',
    `[mode=rw,accesskey=${secret},secret=${secret},region=x]s3://b:/b`,
    's3:// takes mode, endpoint, accesskey, secret, token',
  ],
  ['not closed', `[mode=rw,accesskey=${secret},secret=${secret}`, 'the bracket is not closed'],
  ['mistyped', `[mode=rw,accesskey,${secret},secret=${secret}]s3://b:/b`, 'is not KEY=VALUE'],
])('a volume with keys, %s, is refused by float without them', async (_how, spec, sentence) => {
  const script = join(product.dataDir, 'job.sh')
  writeFileSync(script, '#!/bin/sh\ntrue\n')
  const flags = ['-i', 'python', '-j', script, '--dataVolume', spec]
  const { code, stdout, stderr } = await product.tryFloat('submit', ...flags)
  rmSync(script)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/^Error: /)
  expect(stderr).toContain(sentence)
  expect(stdout + stderr).not.toContain(secret)
})

test('the OpCenter refuses it too, and keeps the keys nowhere', async () => {
  const dataVolumes = [`[accesskey=${secret},secret=${secret}]s3://b:/b`, 'jfs://h/1:/d']
  // What does keep its body shows that the search would find the keys.
  const kept = randomBytes(24).toString('hex')
  const accepted = await submit({ image: 'python', jobContent: '#!/bin/sh\ntrue\n', envs: [`KEPT=${kept}`] })
  const refused = await submit({ image: 'python', jobContent: '#!/bin/sh\ntrue\n', dataVolumes })
  expect(accepted).toContain('"id"')
  expect(refused).toContain('volumes of jfs:// are not supported yet')
  expect(refused).not.toContain(secret)

  const { id } = JSON.parse(accepted) as { id: string }
  await product.status(id, ['Completed'])
  expect(await filesWith(kept)).not.toEqual([])
  expect(await filesWith(secret)).toEqual([])
})

/** By REST, since `float` would refuse it before it asks; the body by standard input, since arguments can be seen. */
const submit = (body: unknown): Promise<string> => {
  const how = ['-sk', '-u', `admin:${product.password}`, '-H', 'content-type: application/json']
  return answer('curl', [...how, '--data-binary', '@-', `${product.url}/api/v1/jobs`], JSON.stringify(body))
}

/** Files of the OpCenter and its local cloud, disks as raw bytes; swap is left out. */
const filesWith = async (wanted: string): Promise<string[]> => {
  const flags = ['-rlazF', '--devices=skip', '--exclude=swap', '--no-messages', '--file=-']
  return (await answer('grep', [...flags, product.dataDir], wanted)).split('\n').filter(Boolean)
}

const answer = (command: string, args: readonly string[], input: string): Promise<string> => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(input)
  return text(child.stdout)
}
