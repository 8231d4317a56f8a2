import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SMALL = ['-c', '1', '-m', '1'] as const
/** Tells what it was given by a digest, since its output is read by others, and runs until it is ended. */
const PROGRAM = `#!/usr/bin/env python3
import hashlib, os, subprocess, time
def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
def float_(*words):
    ran = subprocess.run(["/opt/memverge/bin/float", "secret", *words], capture_output=True, text=True)
    return digest(ran.stdout) if ran.returncode == 0 else ran.stderr.strip()
print("get", float_("get", "db-pass"), flush=True)
for words in (["ls"], ["set", "mine", "x"], ["unset", "db-pass"], ["get", "nobodys"]):
    print(words[0], float_(*words), flush=True)
count = 0
while True:
    count += 1
    print("alive", count, digest(os.environ["URL"]), flush=True)
    time.sleep(0.2)
`

const first = randomBytes(24).toString('hex')
const second = randomBytes(24).toString('hex')
/** No secret: what finds it would find a secret in the same places. */
const plain = randomBytes(24).toString('hex')
const digest = (value: string): string => createHash('sha256').update(value).digest('hex')
const urlOf = (value: string): string => `db://load:${value}@host/main`

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

/** Keeps it from a file, so that no process is called with it. */
const setSecret = async (name: string, value: string): Promise<void> => {
  const file = join(product.dataDir, 'home', 'value')
  writeFileSync(file, value)
  await product.float('secret', 'set', name, '--file', file)
  writeFileSync(file, '')
}

/** The job says how often it has looked, and what it then saw. */
const aliveAfter = async (job: string, count: number, seen: string): Promise<void> => {
  const is = (line: string): boolean => {
    const [, at, what] = /^alive (\d+) (\w+)$/.exec(line) ?? []
    return Number(at) > count && what === seen
  }
  await product.output(job, `alive after ${count}`, (log) => log.split('\n').some(is))
}

test('a secret reaches the program that refers to it, and nothing else ever holds it', async () => {
  await setSecret('db-pass', first)
  expect(await product.float('secret', 'get', 'db-pass')).toBe(first)
  const environment = ['-e', 'URL=db://load:{secret:db-pass}@host/main', '-e', `PLAIN=${plain}`]
  const job = await product.submit(PROGRAM, ...SMALL, ...environment)
  await aliveAfter(job, 0, digest(urlOf(first)))
  const log = await product.log(job)
  expect(log).toMatch(new RegExp(`^get ${digest(first)}$`, 'm'))
  for (const refused of ['ls', 'set', 'unset'])
    expect(log).toMatch(new RegExp(`^${refused} Error: A job may .* \\(code: 1005\\)$`, 'm'))
  expect(log).toMatch(/^get Error: Resource not found: secret nobodys \(code: 1002\)$/m)

  expect(await filesWith(plain, product.dataDir)).not.toEqual([])
  expect(await filesWith(plain, ...placesOfWorker(job))).toEqual([
    expect.stringMatching(/run\/mmworker\/bundle\/config\.json$/),
  ])
  expect(await filesWith(first, product.dataDir, ...placesOfWorker(job))).toEqual([])
  expect(commandsWith(first)).toEqual([])

  await product.float('migrate', '-f', '-m', '4', '-j', job)
  await product.event(job, 'restored')
  const seen = (await product.log(job)).split('\n').length
  await aliveAfter(job, seen, digest(urlOf(first)))
  // The memory of a program is in its checkpoints, and so is what it was given: on its volume, which is one of these disks.
  const besideMemory = (await filesWith(first, product.dataDir, ...placesOfWorker(job))).filter(
    (file) => !/\/pages-\d+\.img$/.test(file) && !/\/cloud\/volumes\//.test(file),
  )
  expect(besideMemory).toEqual([])
  expect(commandsWith(first)).toEqual([])
  for (const words of [['show'], ['events'], ['migrations'], ['report']])
    expect(await product.float(...words, '-j', job)).not.toContain(first)
  expect(await product.float('show', '-j', job)).toContain('{secret:db-pass}')

  // Every start from scratch asks anew.
  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
  await setSecret('db-pass', second)
  await product.float('rerun', '-j', job)
  await aliveAfter(job, 0, digest(urlOf(second)))
  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
  await product.float('secret', 'unset', 'db-pass')
  await product.float('rerun', '-j', job)
  await product.status(job, ['FailToExecute'])
  const told = (await product.events(job)).at(-1)
  expect(told?.sentence).toMatch(/^could not be started: there is no secret db-pass any more/)
})

test('a secret that is not there is refused at submit by its name', async () => {
  await expect(product.submit(PROGRAM, ...SMALL, '-e', 'A={secret:none-such}')).rejects.toThrow(
    /you have no secret none-such.*\(code: 1003\)/,
  )
})

test('a key that is lost is told at the start and not replaced', async () => {
  await setSecret('kept', first)
  const key = join(product.dataDir, 'secret-key')
  expect(statSync(key).mode & 0o777).toBe(0o600)
  await product.down()
  renameSync(key, `${key}.away`)
  await product.up()
  const told = `The key of the secrets is lost, ${key} is not there`
  expect(readFileSync(join(product.dataDir, 'opencenter.log'), 'utf8')).toContain(told)
  expect((await product.tryFloat('secret', 'get', 'kept')).stderr).toContain(told)
  expect(await product.float('secret', 'ls')).toContain('kept')
  expect(existsSync(key)).toBe(false)
  await product.down()
  renameSync(`${key}.away`, key)
  await product.up()
  expect(await product.float('secret', 'get', 'kept')).toBe(first)
})

/** Files below these places that hold a text, disks as raw bytes; swap and the job's own root file system are left out. */
const filesWith = async (wanted: string, ...places: string[]): Promise<string[]> => {
  const flags = ['-rlazF', '--devices=skip', '--exclude=swap', '--exclude-dir=rootfs', '--no-messages']
  // Lines end at zero bytes, or the holes of a disk would be one line. By standard input, since arguments are looked at too.
  const grep = spawn('grep', [...flags, '--file=-', ...places], { stdio: ['pipe', 'pipe', 'inherit'] })
  grep.stdin.end(wanted)
  return (await text(grep.stdout)).split('\n').filter(Boolean)
}

/** What the worker of a job has written: the volume as it is mounted, its own state and logs. */
const placesOfWorker = (job: string): string[] => {
  let pid = processes().find((each) => read(each, 'environ').includes(`FLOAT_JOB_ID=${job}`))
  while (pid !== undefined && !existsSync(`/proc/${pid}/root/run/mmworker/state.json`))
    pid = /^PPid:\s+([1-9]\d*)$/m.exec(read(pid, 'status'))?.[1]
  if (pid === undefined) throw new Error(`no instance holds job ${job}`)
  return ['mnt/job', 'run', 'tmp', 'var/log', 'var/lib/mmworker'].map((place) => `/proc/${pid}/root/${place}`)
}

/** Processes of this machine that were called with a text. */
const commandsWith = (wanted: string): string[] =>
  processes()
    .map((pid) => read(pid, 'cmdline'))
    .filter((command) => command.includes(wanted))

const processes = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name))

/** Empty when the process has ended meanwhile. */
const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
