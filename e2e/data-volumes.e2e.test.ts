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

test('a kept disk moves with its job, goes on to the next one, and is deleted when nobody has it', async () => {
  const made = await product.float('volume', 'create', '--size', '2', 'notes', '-F', 'json')
  const [{ id: disk }] = JSON.parse(made) as [{ id: string }]
  const writer = `#!/usr/bin/env python3
import os, time
out = open("/notes/lines.txt", "a", buffering=1)
count = 0
while not os.path.exists("/notes/stop"):
    count += 1
    out.write(f"line {count}\\n")
    print("wrote", count, flush=True)
    time.sleep(0.1)
    if count == 80:
        open("/notes/stop", "w")
`
  const small = ['-c', '1', '-m', '1']
  const first = await product.submit(writer, ...small, '--dataVolume', `${disk}:/notes`)
  await product.output(first, 'ten lines', (log) => log.includes('wrote 10\n'))
  const taken = await product.tryFloat('volume', 'delete', '-f', disk)
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining(`in use by job ${first}`)])
  await product.float('migrate', '-f', '-m', '4', '-j', first)
  await product.status(first, ['Completed'])

  const reader = '#!/bin/sh\nwc -l < /notes/lines.txt; tail -n 1 /notes/lines.txt; touch /notes/mine'
  const second = await product.submit(reader, ...small, '--dataVolume', `[mode=r]${disk}:/notes`)
  await product.status(second, ['FailToComplete'])
  expect(await product.log(second)).toBe('80\nline 80\n')
  expect(await product.log(second, 'stderr.autosave')).toContain('Read-only file system')

  await product.float('rerun', '-j', first)
  await product.status(first, ['Completed'])
  expect(await product.log(first)).toBe('')
  await product.float('volume', 'delete', '-f', disk)
  expect(await product.float('volume', 'list')).toBe('No volumes\n')
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
