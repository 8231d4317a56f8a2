import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { WorkerResult } from '@mmcloud/contract'
import { until } from '../src/system/wait.ts'
import { DIGEST, type Instance, type World } from './world.ts'

const PROGRAM = readFileSync(fileURLToPath(new URL('./program.py', import.meta.url)), 'utf8')
const JOB = { jobId: 'job1', attempt: 1 }
export const PUBLISHED_PORT = 9000

type Env = Record<string, string>
type Inventory = WorkerResult<'mountVolumes'>

/** The one job of these tests, as its OpCenter asks for it, and what a person sees of it. */
export class TestJob {
  readonly #world: World
  readonly #steps: number
  readonly #env: Env
  readonly #mountPoints: readonly string[]
  readonly #script: string
  #epoch = 0

  /** `mountPoints` are those of the data disks behind the job's own; another `script` has results of its own. */
  constructor(
    world: World,
    { steps = 40, env = {}, mountPoints = [] as readonly string[], script = PROGRAM } = {},
  ) {
    this.#script = script
    this.#world = world
    this.#steps = steps
    this.#env = { ...env, STEPS: String(steps) }
    this.#mountPoints = mountPoints
  }

  /** The program's last line when nothing of its state was lost or done twice. */
  get rightResult(): string {
    const n = this.#steps
    return `RESULT (${n}, ${n}, ${(n * (n - 1)) / 2}) ${n % 256} ${n} b'still here' ${n - 1} True`
  }

  async start(memoryMiB?: number): Promise<Instance> {
    const instance = await this.#world.instance(memoryMiB)
    await this.mount(instance)
    await instance.center.ask('startJob', { ...JOB, spec: this.#spec })
    return instance
  }

  mount(instance: Instance, epoch = (this.#epoch += 1)): Promise<Inventory> {
    const volumes = ['', ...this.#mountPoints].map((mountPoint, index) => ({
      volumeId: `volume${index}`,
      device: `/dev/disk${index}`,
      mountPoint,
    }))
    return instance.center.ask('mountVolumes', { ...JOB, epoch, volumes })
  }

  restore(instance: Instance, seq: number): Promise<WorkerResult<'restoreJob'>> {
    return instance.center.ask('restoreJob', { ...JOB, seq, spec: this.#spec })
  }

  /** An instance that has the volumes and the logs of the one before it; nothing runs on it yet. */
  async successor(source: Instance, memoryMiB?: number): Promise<{ target: Instance; inventory: Inventory }> {
    const target = await this.#world.instance(memoryMiB)
    for (const [file, bytes] of source.center.logs) target.center.logs.set(file, bytes)
    return { target, inventory: await this.mount(target) }
  }

  /** Goes on elsewhere from the newest checkpoint. */
  async goOn(source: Instance, memoryMiB?: number): Promise<Instance> {
    const { target, inventory } = await this.successor(source, memoryMiB)
    await this.restore(target, inventory.checkpoints.at(-1)!.seq)
    return target
  }

  /** The program has written that line, and the OpCenter has it. */
  line(instance: Instance, number: number): Promise<true> {
    return until(() => stdout(instance).includes(`line ${number} `) || undefined, {
      withinMs: 60_000,
      late: late(instance),
    })
  }

  phase(instance: Instance, ...wanted: string[]): Promise<string> {
    const now = (): string | undefined => {
      const phase = instance.center.report?.job?.phase
      return phase !== undefined && wanted.includes(phase) ? phase : undefined
    }
    return until(now, { withinMs: 60_000, late: late(instance) })
  }

  /** Waits for the end of the program and of its logs; answers the last line and the numbers of the whole lines. */
  async end(instance: Instance): Promise<{ result: string | undefined; lines: number[] }> {
    await this.phase(instance, 'exited')
    await until(() => instance.center.report?.job?.logsShipped || undefined, {
      withinMs: 60_000,
      late: late(instance),
    })
    const text = stdout(instance)
    const lines = [...text.matchAll(/^line (\d+) \S+ x{60}$/gm)].map(([, number]) => Number(number))
    return { result: /^RESULT.*$/m.exec(text)?.[0], lines }
  }

  /** What `end` answers when all went well. */
  get rightEnd(): { result: string; lines: number[] } {
    return { result: this.rightResult, lines: [...Array(this.#steps).keys()] }
  }

  get #spec() {
    return {
      name: 'program',
      user: 'admin',
      image: { source: 'library:python', digest: DIGEST },
      script: this.#script,
      env: this.#env,
      publish: [{ hostPort: PUBLISHED_PORT, containerPort: 8000 }],
    }
  }
}

/** For a condition that did not come: what the worker and the program last said. */
export const late = (instance: Instance) => (): string =>
  [JSON.stringify(instance.center.report), instance.log(), logOf(instance, 'stderr')].join('\n')

const stdout = (instance: Instance): string => logOf(instance, 'stdout')

const logOf = (instance: Instance, stream: string): string =>
  instance.center.logs.get(`${stream}.autosave`)?.toString() ?? ''
