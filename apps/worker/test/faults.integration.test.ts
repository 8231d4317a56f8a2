import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../src/system/wait.ts'
import { late, TestJob } from './job.ts'
import { type Instance, World } from './world.ts'

const MIB = 1024 * 1024

const world = new World()
beforeAll(async () => {
  await world.make()
})
afterEach(() => world.clear())
afterAll(() => world.clean())

describe('a dump that fails', () => {
  beforeEach(() => world.plugDisks(1536))

  test('for want of disk thaws the program, says what to do, and works once there is room', async () => {
    const job = new TestJob(world, { steps: 100, env: { BALLAST_MIB: '256' } })
    const source = await job.start()
    await job.line(source, 3)
    fill(source, 300 * MIB)
    const asked = source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
    await expect(asked).rejects.toThrow(
      /the program runs on: the disk of the job is full.*delete files.*No space left on device/s,
    )
    expect(source.center.report?.job).toMatchObject({ phase: 'running', checkpoints: [] })
    expect(source.center.report?.job?.error).toMatch(/disk of the job is full/)
    expect(existsSync(source.path('/mnt/job/checkpoints/1'))).toBe(false)
    await job.line(source, 30)
    source.inside('rm', '/mnt/job/filler')
    await source.center.ask('captureJob', { captureId: 'two', kind: 'move' })
    await source.center.ask('releaseVolumes', {})
    expect(await job.end(await job.goOn(source))).toEqual(job.rightEnd)
  })

  test('because CRIU waited in vain leaves no checkpoint, though the rest of it goes on later', async () => {
    const job = new TestJob(world, { steps: 60 })
    const source = await job.start()
    await job.line(source, 3)
    // Stopped, it makes the worker wait with the last part of the checkpoint.
    const [runc] = source.pids('\0run\0')
    process.kill(runc!, 'SIGSTOP')
    const asked = source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
    const refused = expect(asked).rejects.toThrow(/the program runs on/)
    const waiting = (): number | undefined => source.pids('http://worker/post-dump')[0]
    process.kill(await until(waiting, { withinMs: 20_000, everyMs: 0, late: late(source) }), 'SIGKILL')
    await until(() => source.criu().length === 0 || undefined, { withinMs: 20_000, late: late(source) })
    process.kill(runc!, 'SIGCONT')
    await refused
    expect(existsSync(source.path('/mnt/job/checkpoints/1'))).toBe(false)
    await source.center.ask('captureJob', { captureId: 'two', kind: 'move' })
    await source.center.ask('releaseVolumes', {})
    expect(await job.end(await job.goOn(source))).toEqual(job.rightEnd)
  })

  test('because CRIU was killed leaves the program running, and the next one works', async () => {
    const job = new TestJob(world, { steps: 60, env: { BALLAST_MIB: '256' } })
    const source = await job.start()
    await job.line(source, 3)
    const asked = source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
    const refused = expect(asked).rejects.toThrow(/the program runs on/)
    const pages = source.path('/mnt/job/checkpoints/1/images/pages-2.img')
    const writes = (): number[] | undefined => (existsSync(pages) ? source.criu() : undefined)
    const criu = await until(writes, { withinMs: 20_000, everyMs: 0, late: late(source) })
    for (const pid of criu) process.kill(pid, 'SIGKILL')
    await refused
    await source.center.ask('captureJob', { captureId: 'two', kind: 'move' })
    await source.center.ask('releaseVolumes', {})
    expect(await job.end(await job.goOn(source))).toEqual(job.rightEnd)
  })
})

test('a saved program whose end nobody tells is ended by force, and goes on elsewhere from its checkpoint', async () => {
  world.plugDisks(512)
  const job = new TestJob(world, { steps: 60 })
  const source = await job.start()
  await job.line(source, 3)
  // runc tells the end of a program when nobody can write to its output any more.
  const output = openSync(`/proc/${source.programPids('')[0]}/fd/1`, 'w')
  await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  closeSync(output)
  expect(source.log()).toMatch(/did not tell its end/)
  expect(source.programPids('')).toEqual([])
  expect(source.center.report?.job).toMatchObject({ phase: 'saved' })
  await source.center.ask('releaseVolumes', {})
  expect(await job.end(await job.goOn(source))).toEqual(job.rightEnd)
})

test('a shim that says nothing for long is not lost: its program runs on', async () => {
  world.plugDisks(512)
  const job = new TestJob(world, { steps: 200 })
  const source = await job.start()
  await job.line(source, 3)
  const shims = source.pids('/run/mmworker/shim.json')
  for (const pid of shims) process.kill(pid, 'SIGSTOP')
  const written = (): string => source.inside('tail', '-n', '1', '/mnt/job/live/upper/journal')
  const before = Number.parseInt(written())
  // Four seconds of the program's own time.
  const later = (): true | undefined => Number.parseInt(written()) > before + 40 || undefined
  await until(later, { withinMs: 60_000, everyMs: 200, late: late(source) })
  for (const pid of shims) process.kill(pid, 'SIGCONT')
  expect(await job.end(source)).toEqual(job.rightEnd)
})

test('output that runc still holds when the program is frozen is in the checkpoint', async () => {
  world.plugDisks(512)
  const job = new TestJob(world, { steps: 60 })
  const source = await job.start()
  await job.line(source, 3)
  const [runc] = source.pids('\0run\0')
  process.kill(runc!, 'SIGSTOP')
  const captured = source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
  const dumped = source.path('/mnt/job/checkpoints/1/images/inventory.img')
  await until(() => existsSync(dumped) || undefined, { withinMs: 20_000, late: late(source) })
  process.kill(runc!, 'SIGCONT')
  await captured
  await source.kill()
  expect(await job.end(await job.goOn(source))).toEqual(job.rightEnd)
})

test('a full disk makes the program wait with its output; every line is there when there is room again', async () => {
  const STEPS = 8000
  const memory = { DATABASE: '/dev/shm/rows.sqlite', JOURNAL: '/dev/shm/journal' }
  world.plugDisks(512)
  const job = new TestJob(world, { steps: STEPS, env: { ...memory, STEP_SECONDS: '0.001' } })
  const source = await job.start()
  await job.line(source, 3)
  const all =
    'n=0; for size in 64M 8M 1M 64k 4k; do while fallocate -l $size filler-$n; do n=$((n + 1)); done; done'
  source.inside('sh', '-c', `cd /mnt/job; ${all} 2>/dev/null; sync -f .`)
  const before = await until(() => stuckAt(source), { withinMs: 60_000, everyMs: 1000, late: late(source) })
  expect(source.programPids('/mnt/float/job/script')).not.toEqual([])
  expect(before).toBeLessThan(STEPS * 60)
  source.inside('sh', '-c', 'rm /mnt/job/filler-*')
  expect(await job.end(source)).toEqual(job.rightEnd)
})

describe('a newest checkpoint that is damaged', () => {
  beforeEach(() => world.plugDisks(1024))
  const images = '/mnt/job/checkpoints/2/images'

  test.each([
    ['is shorter than it was', `truncate -s -4096 ${images}/pages-2.img`, /has \d+ bytes instead of \d+/],
    [
      'has one other byte',
      `printf X | dd of=${images}/pages-2.img bs=1 seek=70000 conv=notrunc status=none`,
      /checksum of pages-2.img/,
    ],
    ['lacks an image', `rm ${images}/inventory.img`, /inventory.img has nothing bytes/],
  ])('%s: refused in words, and the one before is restored', async (_what, damage, words) => {
    const { job, target, checkpoints } = await twoCheckpoints()
    expect(checkpoints).toEqual([1, 2])
    target.inside('sh', '-c', damage)
    await expect(job.restore(target, 2)).rejects.toThrow(words)
    expect(target.center.report?.job).toMatchObject({ phase: 'failed' })
    await job.restore(target, 1)
    expect(await job.end(target)).toEqual(job.rightEnd)
  })

  test('has half a manifest: it does not exist', async () => {
    const half = 'file=/mnt/job/checkpoints/2/manifest.json; truncate -s $(($(stat -c %s $file) / 2)) $file'
    const { job, target, checkpoints } = await twoCheckpoints(half)
    expect(checkpoints).toEqual([1])
    await expect(job.restore(target, 2)).rejects.toThrow('Checkpoint 2 does not exist')
    await job.restore(target, 1)
    expect(await job.end(target)).toEqual(job.rightEnd)
  })
})

/** A job whose instance died after two snapshots, and the next instance with its volume. */
const twoCheckpoints = async (
  damage = 'true',
): Promise<{ job: TestJob; target: Instance; checkpoints: number[] }> => {
  const job = new TestJob(world)
  const source = await job.start()
  await job.line(source, 3)
  await source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
  await job.line(source, 12)
  await source.center.ask('captureJob', { captureId: 'two', kind: 'snapshot' })
  source.inside('sh', '-c', `${damage}; sync`)
  await source.kill()
  const { target, inventory } = await job.successor(source)
  return { job, target, checkpoints: inventory.checkpoints.map(({ seq }) => seq) }
}

/** The size of the log once it grows no more. */
const stuckAt = (instance: Instance): number | undefined => {
  const size = statSync(instance.path('/mnt/job/live/logs/stdout.autosave')).size
  const before = sizes.get(instance)
  sizes.set(instance, size)
  return size === before ? size : undefined
}
const sizes = new Map<Instance, number>()

/** Takes all room on the job's disk but `left` bytes; the file system keeps enough for its own use. */
const fill = (instance: Instance, left: number): void => {
  const small =
    'mkdir small; head -c 24M /dev/zero | split -a 4 -b 1500 - small/; sync -f .; rm -r small; sync -f .'
  instance.inside('sh', '-c', `cd /mnt/job; ${small}`)
  const [blocks, size] = instance.inside('stat', '-f', '-c', '%a %S', '/mnt/job').split(' ').map(Number)
  instance.inside('fallocate', '-l', String(blocks! * size! - left), '/mnt/job/filler')
}
