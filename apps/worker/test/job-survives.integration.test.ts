import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../src/system/wait.ts'
import { DIGEST, type Instance, World } from './world.ts'

const RIGHT_RESULT = "RESULT (40, 40, 780) 40 40 b'still here' 39 True"
const job = { jobId: 'job1', attempt: 1 }
const spec = {
  name: 'program',
  user: 'admin',
  image: { source: 'library:python', digest: DIGEST },
  script: readFileSync(fileURLToPath(new URL('./program.py', import.meta.url)), 'utf8'),
  env: {},
  publish: [{ hostPort: 9000, containerPort: 8000 }],
}

let world: World
beforeEach(async () => {
  world = await new World().make()
})
afterEach(() => world.clean())

describe('a program with a database, threads, a child, a deleted open file and shared memory', () => {
  test('is saved by the worker alone at a notice and goes on elsewhere to the right result', async () => {
    const source = await world.instance()
    await mount(source, 1)
    await source.center.ask('startJob', { ...job, spec })
    await line(source, 8)
    source.center.notice = { action: 'terminate', time: new Date(Date.now() + 60_000).toISOString() }
    await phase(source, 'saved')
    await source.center.ask('releaseVolumes', {})
    const target = await successor(source, 2)
    expect(await result(target)).toContain(RIGHT_RESULT)
    expect(target.center.report?.job?.exitCode).toBe(7)
  })

  test('survives the death of its worker, and of its instance after a snapshot', async () => {
    const source = await world.instance()
    await mount(source, 1)
    await source.center.ask('startJob', { ...job, spec })
    await line(source, 3)
    await source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
    for (const pid of source.pids('node\0/opt/mmcloud/worker.mjs')) process.kill(pid, 'SIGKILL')
    await until(() => source.log().includes('adopted the running job') || undefined, {
      withinMs: 8_000,
      late: late(source),
    })
    await line(source, 15)
    await source.kill()
    const target = await successor(source, 2)
    const stdout = await result(target)
    expect(stdout).toContain(RIGHT_RESULT)
    const numbers = [...stdout.matchAll(/^line (\d+) .* x{60}$/gm)].map(([, number]) => Number(number))
    expect(numbers).toEqual([...Array(40).keys()])
  })
})

const mount = (instance: Instance, epoch: number) =>
  instance.center.ask('mountVolumes', {
    ...job,
    epoch,
    volumes: [{ volumeId: 'volume1', device: '/dev/jobdisk', mountPoint: '' }],
  })

const successor = async (source: Instance, epoch: number): Promise<Instance> => {
  const target = await world.instance()
  for (const [file, bytes] of source.center.logs) target.center.logs.set(file, bytes)
  const { checkpoints } = await mount(target, epoch)
  await target.center.ask('restoreJob', { ...job, seq: checkpoints.at(-1)!.seq, spec })
  return target
}

const stdoutOf = (instance: Instance): string => instance.center.logs.get('stdout.autosave')?.toString() ?? ''
const late = (instance: Instance) => () => `${JSON.stringify(instance.center.report)} ${instance.log()}`

const line = (instance: Instance, number: number) =>
  until(() => stdoutOf(instance).includes(`line ${number} `) || undefined, {
    withinMs: 30_000,
    late: late(instance),
  })

const phase = (instance: Instance, wanted: string) =>
  until(() => instance.center.report?.job?.phase === wanted || undefined, {
    withinMs: 60_000,
    late: late(instance),
  })

const result = async (instance: Instance): Promise<string> => {
  await phase(instance, 'exited')
  await until(() => instance.center.report?.job?.logsShipped || undefined, {
    withinMs: 20_000,
    late: late(instance),
  })
  return stdoutOf(instance)
}
