import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeOciLayout } from '../scripts/setup/oci-layout.ts'

const SMALL = ['-c', '1', '-m', '1'] as const

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

type Move = {
  readonly trigger: string
  readonly outcome: string
  readonly source: { readonly memGB: number }
  readonly target: { readonly memGB: number }
}
const moves = async (job: string): Promise<Move[]> =>
  JSON.parse(await product.float('migrations', '-j', job, '-F', 'json')) as Move[]

const UP = { trigger: 'program', outcome: 'done', source: { memGB: 1 }, target: { memGB: 4 } }
const DOWN = { trigger: 'program', outcome: 'done', source: { memGB: 4 }, target: { memGB: 1 } }

describe('a job asks for its own move between its phases', () => {
  test('a shell script, which may ask for nothing else', async () => {
    const other = await product.submit('#!/bin/sh\nexec sleep 100000\n', ...SMALL)
    const script = `#!/bin/sh
set -eu
float=/opt/memverge/bin/float
refused() {
  if said=$("$float" "$@" 2>&1); then echo "$1 was not refused: $said"; else echo "$1 refused: $said"; fi
}
echo "first phase of $FLOAT_JOB_ID"
"$float" migrate --sync -f -m 4
echo "second phase"
"$float" modify --migratePolicy '[evadeOOM=false]' --addCustomTag phase:second
"$float" show -F json | grep -E '^  "(id|status|workingHost)":'
"$float" -a "$FLOAT_ADDR" log cat | head -n 1
refused submit -i python -c 1 -m 1
refused list
refused show -j "$OTHER"
refused cancel -f
refused status -u admin -p admin
env | grep -iE 'token|credential|password' || echo "no secret in the environment"
`
    // That it publishes the port of FLOAT_ADDR itself takes nothing from it.
    const job = await product.submit(script, ...SMALL, '-e', `OTHER=${other}`, '--publish', '443:8443')
    await product.status(job, ['Completed'])
    const log = await product.log(job)
    expect(log).toMatch(new RegExp(`^first phase of ${job}\nThe job goes on.*\nsecond phase\n`))
    expect(log).toContain(`"id": "${job}"`)
    expect(log).toContain('"status": "Executing"')
    expect(await product.show(job)).toMatchObject({
      customTags: { phase: 'second' },
      migratePolicy: { evadeOOM: false },
    })
    expect(log).toMatch(/"workingHost": "\S+ \(2Core4GB\/Spot\)"/)
    expect(log.split('\n').filter((line) => line === `first phase of ${job}`)).toHaveLength(2)
    expect(log).toMatch(/^submit refused: Error: A job may .* nothing else \(code: 1005\)$/m)
    expect(log).toMatch(/^list refused: .*\(code: 1005\)$/m)
    expect(log).toMatch(new RegExp(`^show refused: .*not about job ${other} \\(code: 1005\\)$`, 'm'))
    expect(log).toMatch(/^cancel refused: .*\(code: 1005\)$/m)
    expect(log).toMatch(/^status refused: Error: Inside a job nobody logs in.*\(code: 1005\)$/m)
    expect(log).toMatch(/no secret in the environment\n$/)
    expect(await moves(job)).toMatchObject([UP])
    expect(await moves(other)).toEqual([])
    await product.float('cancel', '-f', '-j', other)
    await product.status(other, ['Cancelled'])
  })

  test('a Python program, which also works on while it is moved down again, and is moved once for each wish', async () => {
    const script = `#!/usr/bin/env python3
import hashlib, json, os, subprocess
def float_(*words):
    ran = subprocess.run(["/opt/memverge/bin/float", *words], capture_output=True, text=True)
    assert ran.returncode == 0, (words, ran.stdout, ran.stderr)
    return ran.stdout
held = os.urandom(50 * 2**20)
before = hashlib.sha256(held).hexdigest()
print(float_("migrate", "--sync", "-f", "-m", "4"), end="", flush=True)
print(float_("migrate", "-f", "-m", "1"), end="", flush=True)
asked = 0
while [move["outcome"] for move in json.loads(float_("migrations", "-F", "json"))] != ["done", "done"]:
    asked += 1
print("asked on" if asked > 0 else "never asked", flush=True)
print("intact" if hashlib.sha256(held).hexdigest() == before else "damaged", flush=True)
`
    const job = await product.submit(script, ...SMALL)
    await product.status(job, ['Completed'])
    expect(await product.log(job)).toMatch(
      /^The job goes on.*\nMigrate request has been submitted\nasked on\nintact\n$/,
    )
    expect(await moves(job)).toMatchObject([UP, DOWN])
  })

  test('it can suspend itself, and does so once', async () => {
    const script =
      '#!/bin/sh\nset -e\n/opt/memverge/bin/float suspend -f\necho "after the wish"\nsleep 2\necho end\n'
    const job = await product.submit(script, ...SMALL)
    await product.status(job, ['Suspended'])
    await product.float('resume', '-j', job)
    await product.status(job, ['Completed'])
    expect(await product.log(job)).toBe('Suspend request has been submitted\nafter the wish\nend\n')
    const asked = (await product.events(job)).filter(({ reason }) => reason === 'suspendAsked')
    expect(asked).toHaveLength(1)
  })

  test('in an image with nothing in it: no shell, no libc, no folder', async () => {
    const layout = join(product.dataDir, 'nothing')
    const layer = join(product.dataDir, 'nothing.tar')
    await promisify(execFile)('tar', ['-cf', layer, '-T', '/dev/null'])
    const command = ['/opt/memverge/bin/float', 'migrate', '--sync', '-f', '-m', '4']
    await writeOciLayout(layout, [layer], { command, env: [] })
    const submitted = await product.float('submit', '-i', `oci:${layout}`, ...SMALL, '-F', 'json')
    const { id } = JSON.parse(submitted) as { id: string }
    await product.status(id, ['Completed'])
    expect(await product.log(id)).toMatch(/^The job goes on.*\n$/)
    expect(await moves(id)).toMatchObject([UP])
  })
})
