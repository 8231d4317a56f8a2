import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { leaksSince, snapshotMachine } from '@mmcloud/testkit/leaks'
import { expect, test, vi } from 'vitest'
import { ask } from '../src/control/client.ts'
import { cloudName } from '../src/daemon/names.ts'
import { localCloudRemains, stopLocalCloud } from '../src/index.ts'
import { openLocalCloud, signal } from './open-local-cloud.ts'

const run = promisify(execFile)
type Cloud = Awaited<ReturnType<typeof openLocalCloud>>

/** A cloud with an instance; `left` tells what is on the machine of it. */
const cloudWithInstance = async (settings: Parameters<typeof openLocalCloud>[0] = {}) => {
  const before = await snapshotMachine()
  const cloud = await openLocalCloud(settings)
  const asked = cloud.request()
  await cloud.provider.launch(asked, signal)
  const name = cloudName(join(cloud.dataDir, 'cloud'))
  const left = (): Promise<string[]> =>
    leaksSince(before, (line) => line.includes(name) || line.includes(cloud.dataDir))
  return { ...cloud, asked, name, netns: `/run/netns/${name}`, left }
}

const killDaemon = async ({ dataDir }: Pick<Cloud, 'dataDir'>): Promise<void> => {
  const { pid } = await ask(join(dataDir, 'cloud'), 'status', {}, signal)
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), { timeout: 5000 })
}

/** One that waits to be reaped does not run. */
const isRunning = async (pid: number): Promise<boolean> =>
  /\) [^Z]/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))

test('a stop that failed late is asked for again and goes on with it', async () => {
  await using cloud = await cloudWithInstance()
  // A name that is mounted on twice cannot be deleted at the first attempt.
  await run('mount', ['--bind', cloud.netns, cloud.netns])
  await expect(stopLocalCloud(cloud.dataDir)).rejects.toThrow('netns del')
  await stopLocalCloud(cloud.dataDir)
  expect(await cloud.left()).toEqual([])
})

test('a cloud whose network somebody has removed is stopped all the same', async () => {
  await using cloud = await cloudWithInstance()
  await run('ip', ['netns', 'del', cloud.name])
  await stopLocalCloud(cloud.dataDir)
  expect(await cloud.left()).toEqual([])
})

test('control groups alone tell that a killed cloud has left something', async () => {
  await using cloud = await cloudWithInstance()
  await killDaemon(cloud)
  await run('ip', ['netns', 'del', cloud.name])
  expect(await localCloudRemains(cloud.dataDir)).toBe(true)
  await stopLocalCloud(cloud.dataDir)
  expect(await cloud.left()).toEqual([])
  expect(await localCloudRemains(cloud.dataDir)).toBe(false)
})

test('a daemon killed at any instant of its stop leaves nothing that the next stop does not find', async () => {
  await using cloud = await cloudWithInstance()
  const registered = (): Promise<string> => readFile('/run/mmcloud/registry.json', 'utf8')
  // The instants are spread over what a stop takes, about 250 ms.
  for (let ms = 10; ms < 300; ms += 40) {
    const { pid } = await ask(join(cloud.dataDir, 'cloud'), 'status', {}, signal)
    const stopped = ask(join(cloud.dataDir, 'cloud'), 'stop', {}, signal).catch(String)
    await sleep(ms)
    if (await isRunning(pid)) process.kill(pid, 'SIGKILL')
    await stopped
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), { timeout: 5000 })
    await stopLocalCloud(cloud.dataDir)
    expect(await cloud.left(), `killed after ${ms} ms`).toEqual([])
    expect(await registered(), `killed after ${ms} ms`).not.toContain(cloud.name)
    await cloud.connect().launch(cloud.request(), signal)
  }
})

test('what is left of a cloud whose directory was deleted goes with the next cloud, not before it is dead', async () => {
  await using cloud = await cloudWithInstance({ swapGB: 0 })
  const pid = await cloud.pidOf(cloud.asked.id)
  await killDaemon(cloud)
  await rm(cloud.dataDir, { recursive: true })

  await using next = await openLocalCloud()
  await next.provider.list(signal)
  expect((await cloud.left()).filter((line) => line.startsWith(`process ${pid} `))).toHaveLength(1)

  process.kill(pid, 'SIGKILL')
  await vi.waitFor(
    async () => expect((await cloud.left()).filter((line) => line.startsWith('process '))).toEqual([]),
    { timeout: 10_000 },
  )
  await using later = await openLocalCloud()
  await later.provider.list(signal)
  expect(await cloud.left()).toEqual([])
})
