import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { PUBLISHED_PORT, TestJob } from './job.ts'
import { type Instance, World } from './world.ts'

const world = new World()
beforeAll(async () => {
  await world.make()
})
beforeEach(() => world.plugDisks(1024, 512, 512))
afterEach(() => world.clear())
afterAll(() => world.clean())

const withData = {
  mountPoints: ['/data', '/srv/more'],
  env: { DATABASE: '/data/rows.sqlite', JOURNAL: '/srv/more/journal' },
}

test('data volumes move together with the job: open files there go on', async () => {
  const job = new TestJob(world, withData)
  const source = await job.start()
  await job.line(source, 8)
  await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  await source.center.ask('releaseVolumes', {})
  const target = await job.goOn(source)
  expect(await job.end(target)).toEqual(job.rightEnd)
  expect(journal(target)).toEqual(job.rightEnd.lines)
})

test('data volumes go back to the same instant as the memory', async () => {
  const job = new TestJob(world, withData)
  const source = await job.start()
  await job.line(source, 3)
  await source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
  await job.line(source, 15)
  expect(journal(source).length).toBeGreaterThan(15)
  await source.kill()
  const target = await job.goOn(source)
  expect(await job.end(target)).toEqual(job.rightEnd)
  expect(journal(target)).toEqual(job.rightEnd.lines)
})

test('a holder that comes late is refused before it touches a disk', async () => {
  const job = new TestJob(world, withData)
  const source = await job.start()
  await job.line(source, 3)
  await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  // What a holder would sweep: live data whose replacement was broken off.
  for (const path of ['/mnt/job', '/mnt/data-1'])
    source.inside('btrfs', 'subvolume', 'create', `${path}/live.new`)
  await source.center.ask('releaseVolumes', {})
  const late = await world.instance()
  await expect(job.mount(late, 0)).rejects.toThrow('newer holder')
  for (const disk of ['/dev/disk0', '/dev/disk1']) {
    late.inside('mount', disk, '/mnt')
    expect(late.inside('ls', '/mnt').split('\n')).toContain('live.new')
    late.inside('umount', '/mnt')
  }
})

test('a published port is reached from outside before and after a move', async () => {
  const job = new TestJob(world, { env: { INET: '1' } })
  const source = await job.start()
  await job.line(source, 3)
  expect(await greeting(source)).toBe('hi')
  await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  await source.center.ask('releaseVolumes', {})
  const target = await job.goOn(source)
  expect(await greeting(target)).toBe('hi')
  expect(await job.end(target)).toEqual(job.rightEnd)
})

/** The numbers that the program has written to its second data volume. */
const journal = (instance: Instance): number[] =>
  instance.inside('cat', '/mnt/data-2/live/journal').split('\n').map(Number)

/** What the program's server says to a client of another machine. */
const greeting = (instance: Instance): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(PUBLISHED_PORT, instance.address)
    socket.setTimeout(10_000, () => socket.destroy(new Error('nothing was said in time')))
    socket.on('data', (bytes) => (said += bytes.toString()))
    socket.on('error', reject)
    socket.on('close', () => resolve(said))
  })
