import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type S3Server, startS3Server } from './s3-server.ts'

const SMALL = ['-c', '1', '-m', '1'] as const
/** Holds one file of the bucket open for reading and one for writing while it is moved; ends when it is told to in the bucket. */
const PROGRAM = `#!/usr/bin/env python3
import os, time
words = open("/in/words.txt")
out = open("/out/log.txt", "a", buffering=1)
try:
    open("/in/mine", "w")
except OSError as error:
    print("read only:", error.strerror, flush=True)
count = 0
while not os.path.exists("/out/stop"):
    count += 1
    out.write(f"line {count} {words.readline().strip()}\\n")
    print("wrote", count, flush=True)
    time.sleep(0.2)
out.close()
os.makedirs("/out/new", exist_ok=True)
with open("/out/new/total.txt", "w") as total:
    total.write(str(count))
`

let product: Product
let s3: S3Server
beforeAll(async () => {
  ;[product, s3] = await Promise.all([Product.start(), startS3Server()])
  mkdirSync(join(s3.objects, 'in'))
  mkdirSync(join(s3.objects, 'out'))
  writeFileSync(
    join(s3.objects, 'in/words.txt'),
    Array.from({ length: 5000 }, (_, n) => `word${n + 1}\n`).join(''),
  )
}, 120_000)
afterAll(async () => {
  await product.destroy()
  await s3.stop()
}, 120_000)

test('a job reads from a bucket and writes to it through a move, and its keys are nowhere', async () => {
  await setSecret('shelf-id', s3.accessKey)
  await setSecret('shelf-key', s3.secret)
  const shelf = `[mode=r,endpoint=${s3.endpoint},accesskey={secret:shelf-id},secret={secret:shelf-key}]s3://shelf/in:/shelf`
  await product.float('storage', 'register', 'shelf', shelf)
  expect(await product.float('storage', 'list')).toContain('{secret:shelf-key}')
  const written = `[endpoint=${s3.endpoint},accesskey=${s3.accessKey},secret=${s3.secret}]s3://shelf/out:/out`
  const id = await submit({ storage: ['shelf:/in'], dataVolumes: [written] })
  await product.output(id, 'ten lines', (log) => log.includes('wrote 10\n'))
  expect(await product.log(id)).toContain('read only: Read-only file system')
  expect(commandsWith(s3)).toEqual([])

  await product.float('migrate', '-f', '-m', '4', '-j', id)
  await product.event(id, 'restored')
  const before = (await product.log(id)).split('\n').length
  await product.output(id, 'more lines', (log) => log.split('\n').length > before + 5)
  writeFileSync(join(s3.objects, 'out/stop'), '')
  await product.status(id, ['Completed'])

  const count = Number(readFileSync(join(s3.objects, 'out/new/total.txt'), 'utf8'))
  const lines = Array.from({ length: count }, (_, n) => `line ${n + 1} word${n + 1}\n`)
  expect(readFileSync(join(s3.objects, 'out/log.txt'), 'utf8')).toBe(lines.join(''))

  for (const words of [['show'], ['events'], ['report']]) {
    const told = await product.float(...words, '-j', id)
    expect(told).not.toContain(s3.accessKey)
    expect(told).not.toContain(s3.secret)
  }
  // The job holds references to secrets, so that its flags, a rerun and a template have all they need.
  expect(await product.float('show', '-j', id)).toMatch(
    /secret=\{secret:key-[0-9a-f]{24}\}\]s3:\/\/shelf\/out:\/out' .*secret=\{secret:shelf-key\}\]s3:\/\/shelf\/in:\/in'/,
  )
  expect(await filesWith(s3.accessKey)).toEqual([])
  expect(await filesWith(s3.secret)).toEqual([])
  expect(await filesWith('s3://shelf/in')).not.toEqual([])

  await product.float('rerun', '-j', id)
  await product.status(id, ['Completed'])
})

test.each([
  ['a wrong key', 'shelf', 'wrong', /could not be mounted at \/data: Invalid Credentials/],
  [
    'a bucket that is not there',
    'none',
    undefined,
    /s3:\/\/none of .* could not be mounted at \/data: Bucket or directory not found/,
  ],
])('%s ends the job with a sentence', async (_what, bucket, wrong, sentence) => {
  const secret = wrong ?? s3.secret
  const id = await submit({
    dataVolumes: [`[endpoint=${s3.endpoint},accesskey=${s3.accessKey},secret=${secret}]s3://${bucket}:/data`],
  })
  await product.status(id, ['FailToExecute'])
  const told = (await product.events(id)).at(-1)!.sentence
  expect(told).toMatch(sentence)
  expect(told).not.toContain(s3.accessKey)
})

test('a secret that is not there is refused at submit', async () => {
  const refused = await post({ dataVolumes: ['[accesskey={secret:a},secret={secret:none}]s3://b:/b'] })
  expect(refused).toContain('--dataVolume: you have no secret a; make it with')
})

/** From a file, so that no process is called with the value. */
const setSecret = async (name: string, value: string): Promise<void> => {
  const file = join(product.dataDir, 'home', 'value')
  writeFileSync(file, value)
  await product.float('secret', 'set', name, '--file', file)
  writeFileSync(file, '')
}

const submit = async (body: object): Promise<string> => (JSON.parse(await post(body)) as { id: string }).id

/** By REST, the body by standard input, since arguments of processes are looked at. */
const post = (body: object): Promise<string> => {
  const job = { image: 'python', jobContent: PROGRAM, cpu: SMALL[1], mem: SMALL[3], ...body }
  const how = ['-sk', '-u', `admin:${product.password}`, '-H', 'content-type: application/json']
  return answer('curl', [...how, '--data-binary', '@-', `${product.url}/api/v1/jobs`], JSON.stringify(job))
}

/** Files of the OpCenter and its local cloud, disks as raw bytes; swap is left out. */
const filesWith = async (wanted: string): Promise<string[]> => {
  const flags = ['-rlazF', '--devices=skip', '--exclude=swap', '--no-messages', '--file=-']
  return (await answer('grep', [...flags, product.dataDir], wanted)).split('\n').filter(Boolean)
}

/** Processes of this machine that were called with a key. */
const commandsWith = ({ accessKey, secret }: S3Server): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandOf(pid))
    .filter((command) => command.includes(accessKey) || command.includes(secret))

/** Empty when the process has ended meanwhile. */
const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const answer = (command: string, args: readonly string[], input: string): Promise<string> => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(input)
  return text(child.stdout)
}
