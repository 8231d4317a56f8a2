import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let center: Product
beforeAll(async () => {
  center = await Product.start()
})
afterAll(async () => {
  await center.destroy()
})

const file = async (name: string, text: string): Promise<string> => {
  const path = join(center.dataDir, name)
  await writeFile(path, text)
  return path
}

/** Its own user, its memory-backed files, and what the instance it is on has put into the mapped directory. */
const JOB = `#!/usr/bin/env python3
import os, time
print('runs as', os.getuid(), 'of', os.environ['FLOAT_USER_ID'], 'in', os.getcwd(), flush=True)
print('shm', os.statvfs('/dev/shm').f_blocks * os.statvfs('/dev/shm').f_frsize, flush=True)
seen = None
for second in range(600):
    try: now = open('/shared/greeting').read().strip()
    except OSError: now = None
    if now and now != seen:
        print('greeted', now, flush=True)
        if seen: break
        seen = now
    time.sleep(0.1)
print('RESULT', seen is not None, flush=True)
`
const INIT = `#!/bin/sh
echo "init of $FLOAT_JOB_ID with $LEVEL in $(pwd | grep -c mmworker)"
echo "hello from $(cat /proc/sys/kernel/random/uuid), secret $KEY" | sed "s/$KEY/(kept)/" > /mnt/shared/greeting
`
const TERMINATE = `#!/bin/sh
rm /mnt/shared/greeting && echo "tidied up after $LEVEL"
`

test('a script runs on each instance before the program comes, and one when it has left; a mapped directory shows its work', async () => {
  await center.float('secret', 'set', 'key', 'hush-hush')
  const job = await center.submit(
    JOB,
    '-n',
    'hooked',
    '-e',
    'LEVEL=5',
    '-e',
    'KEY={secret:key}',
    '--hostInit',
    await file('init.sh', INIT),
    '--hostTerminate',
    await file('terminate.sh', TERMINATE),
    '--dirMap',
    '/mnt/shared:/shared',
    '--withRoot',
    '--extraContainerOpts',
    '--shm-size 128m --workdir /shared',
  )
  await center.status(job, ['Executing'])
  await center.float('migrate', '-f', '--sync', '-j', job, '-t', 'm5.large')
  await center.status(job, ['Completed'])
  const log = await center.log(job)
  expect(log).toContain('runs as 0 of 0 in /shared\n')
  expect(log).toContain(`shm ${128 * 2 ** 20}\n`)
  const greetings = log.split('\n').filter((line) => line.startsWith('greeted '))
  expect(greetings).toEqual([
    expect.stringMatching(/^greeted hello from [\w-]+, secret \(kept\)$/),
    expect.stringMatching(/^greeted hello from [\w-]+, secret \(kept\)$/),
  ])
  expect(new Set(greetings).size).toBe(2)
  expect(log).toContain('RESULT True')
  expect(await center.float('log', 'cat', '-j', job, 'hostinit.autosave')).toBe(
    `init of ${job} with 5 in 1\n`.repeat(2),
  )
  const sentences = (await center.events(job)).map(({ sentence }) => sentence)
  expect(
    sentences.filter((text) =>
      /^hostTerminate on i-\w+ ended with exit code 0: tidied up after 5$/.test(text),
    ),
  ).toHaveLength(2)
  const shown = await center.float('show', '-j', job)
  expect(shown).toContain('--dirMap /mnt/shared:/shared --withRoot --extraContainerOpts')
  expect(`${shown}${log}${sentences.join('\n')}`).not.toContain('hush-hush')
})

test('a script that fails begins nothing, and says why', async () => {
  const init = await file('failing.sh', '#!/bin/sh\necho no such licence >&2\nexit 3\n')
  const job = await center.submit('#!/bin/sh\necho never\n', '--hostInit', init)
  await center.status(job, ['FailToExecute'])
  const sentences = (await center.events(job)).map(({ sentence }) => sentence)
  expect(sentences).toContainEqual('could not be started: --hostInit ended with exit code 3: no such licence')
})

test('only an admin runs anything as root on the machine of the local cloud', async () => {
  const password = await file('password', 'correct horse\n')
  await center.float('user', 'add', 'ann', '--passwordFile', password)
  const init = await file('mine.sh', '#!/bin/sh\ntrue\n')
  const script = await file('job.sh', '#!/bin/sh\ntrue\n')
  const as = ['-u', 'ann', '-p', 'correct horse', '-a', center.address]
  await expect(
    center.float('submit', '-f', '-i', 'python', '-j', script, '--hostInit', init, ...as),
  ).rejects.toThrow('--hostInit runs as root on the instance')
})
