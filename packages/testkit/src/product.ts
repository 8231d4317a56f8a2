import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { leaksSince, type MachineSnapshot, snapshotMachine } from './leaks.ts'
import { Onlooker } from './onlooker.ts'
import { tellToEnd } from './told-to-end.ts'
import { waitFor } from './wait-for.ts'

const bin = (name: string): string => fileURLToPath(new URL(`../../../bin/${name}`, import.meta.url))
const MAX_OUTPUT = 64 * 2 ** 20
/** Much longer than anything takes, on a loaded machine too: whoever waits that long waits for nothing. */
const PATIENCE_MS = 240_000

/** What a command printed and how it ended. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** One line of `float events`. */
export type EventLine = {
  readonly seq: number
  readonly at: string
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly numbers: Readonly<Record<string, string | number>>
  readonly sentence: string
}

/** The parts of `float show` that tests look at. */
export type ShownJob = {
  readonly id: string
  readonly status: string
  readonly rc?: string
  readonly workingHost: string
  readonly instanceType: string
  readonly attempt: number
  readonly publicIP: string
  readonly memGB: number
}

export type ProductOptions = {
  /** More flags of `opencenter start`. */
  readonly flags?: readonly string[]
  /** More of its environment: the settings of its local cloud. */
  readonly env?: Readonly<Record<string, string>>
}

/** What the local clouds of this machine keep about each other. */
const REGISTRY = '/run/mmcloud/registry.json'

/**
 * The whole product from outside: an OpCenter with a data directory, a port and a `float` home of its own, driven only
 * through its two commands, and looked at by REST where a test waits. Several never meet.
 */
export class Product {
  readonly dataDir: string
  readonly address: string
  readonly password: string
  readonly #env: NodeJS.ProcessEnv
  readonly #flags: readonly string[]
  readonly #before: MachineSnapshot
  /** No other local cloud was there when it began. */
  readonly #alone: boolean
  /** Anew for each start: it may show another certificate. */
  #onlooker: Promise<Onlooker> | undefined

  private constructor(
    dataDir: string,
    address: string,
    before: MachineSnapshot,
    alone: boolean,
    options: ProductOptions,
  ) {
    this.dataDir = dataDir
    this.address = address
    this.password = randomBytes(9).toString('base64url')
    this.#env = {
      ...process.env,
      HOME: join(dataDir, 'home'),
      OPCENTER_ADMIN_PASSWORD: this.password,
      ...options.env,
    }
    this.#flags = options.flags ?? []
    this.#before = before
    this.#alone = alone
  }

  /** A new data directory, started and logged in. */
  static async start(options: ProductOptions = {}): Promise<Product> {
    const product = await Product.prepare(options)
    await product.up()
    await product.float('login', '-a', product.address, '-u', 'admin', '-p', product.password)
    return product
  }

  /** A new data directory and a free port; somebody else starts it. */
  static async prepare(options: ProductOptions = {}): Promise<Product> {
    return new Product(
      await mkdtemp(join(tmpdir(), 'mmcloud-')),
      `127.0.0.1:${await freePort()}`,
      await snapshotMachine(),
      Object.keys(await localClouds()).length === 0,
      options,
    )
  }

  get url(): string {
    return `https://${this.address}`
  }

  /** Starts the OpCenter (again); returns what it printed when it was ready. */
  async up(): Promise<string> {
    await this.#lookAway()
    return this.#must('opencenter', [
      'start',
      '--data-dir',
      this.dataDir,
      '--listen',
      this.address,
      '--detach',
      ...this.#flags,
    ])
  }

  /** Stops the OpCenter and its local cloud; running jobs are saved first, unless `--force` is among the flags. */
  async down(...flags: string[]): Promise<void> {
    await this.#lookAway()
    await this.#must('opencenter', ['stop', '--data-dir', this.dataDir, ...flags])
  }

  /**
   * Stops it without saving, whatever a failed test has left running, and removes everything it had, disks included; throws
   * when anything of it is left on the machine.
   */
  async destroy(): Promise<void> {
    const name = await this.#cloudName()
    await this.down('--force')
    const leaks = await leaksSince(this.#before, await ofCloud(name, this.dataDir, this.#alone))
    if (leaks.length > 0) throw new Error(`left on the machine:\n${leaks.join('\n')}`)
    await rm(this.dataDir, { recursive: true })
  }

  /** What all kernel objects of its local cloud are called. */
  async #cloudName(): Promise<string> {
    const clouds = Object.entries(await localClouds())
    const name = clouds.find(([, { cloudDir }]) => cloudDir.startsWith(`${this.dataDir}/`))?.[0]
    if (name === undefined) throw new Error(`no local cloud runs below ${this.dataDir}`)
    return name
  }

  /** The OpCenter's process. */
  async pid(): Promise<number> {
    return (
      JSON.parse(
        await this.#must('opencenter', ['status', '--data-dir', this.dataDir, '--format', 'json']),
      ) as { pid: number }
    ).pid
  }

  /** Runs `float` and returns its stdout; throws with its stderr when it fails. */
  float(...args: string[]): Promise<string> {
    return this.#must('float', args)
  }

  /** Runs `float` whatever becomes of it. */
  tryFloat(...args: string[]): Promise<Ran> {
    return this.#run('float', args)
  }

  /** Submits a script's text; `flags` as a user would write them. Returns the job's id. */
  async submit(script: string, ...flags: string[]): Promise<string> {
    const path = join(this.dataDir, `script-${randomBytes(4).toString('hex')}`)
    await writeFile(path, script)
    const job = JSON.parse(
      await this.float('submit', '-i', 'python', '-j', path, '-F', 'json', ...flags),
    ) as { id: string }
    await rm(path)
    return job.id
  }

  async show(job: string): Promise<ShownJob> {
    return JSON.parse(await this.float('show', '-j', job, '-F', 'json')) as ShownJob
  }

  async events(job: string): Promise<EventLine[]> {
    return JSON.parse(await this.float('events', '-j', job, '-F', 'json')) as EventLine[]
  }

  async log(job: string, file = 'stdout.autosave'): Promise<string> {
    const ran = await this.tryFloat('log', 'cat', '-j', job, file)
    return ran.code === 0 ? ran.stdout : ''
  }

  /** Waits until the job is in one of these states; fails at once when it has ended in another. */
  status(job: string, wanted: readonly string[], timeoutMs = PATIENCE_MS): Promise<ShownJob> {
    return waitFor(`job ${job} to be ${wanted.join(' or ')}`, timeoutMs, async () => {
      const onlooker = await this.#looking()
      const { status } = await onlooker.job(job)
      if (wanted.includes(status)) {
        const shown = await this.show(job)
        if (wanted.includes(shown.status)) return { done: shown }
      } else if (ENDED.has(status)) {
        const story = (await onlooker.events(job)).map((event) => `${event.to}: ${event.sentence}`)
        const errors = await onlooker.log(job, 'stderr.autosave')
        throw new Error(`job ${job} ended as ${status}\n${story.join('\n')}\n${errors}`)
      }
      return { notYet: status }
    })
  }

  /** Waits for an event with this reason after `afterSeq`; fails at once when the job has ended without. */
  event(job: string, reason: string, afterSeq = 0, timeoutMs = PATIENCE_MS): Promise<EventLine> {
    const what = `event ${reason} of job ${job}`
    return waitFor(what, timeoutMs, async () => {
      const events = await (await this.#looking()).events(job)
      const found = events.find((event) => event.reason === reason && event.seq > afterSeq)
      if (found) return { done: found }
      const story = events.map((event) => event.reason).join(' ')
      if (ENDED.has(events.at(-1)?.to ?? '')) throw new Error(`no ${what}, which has ended: ${story}`)
      return { notYet: story }
    })
  }

  /** Waits until the job's output satisfies a condition. */
  output(
    job: string,
    what: string,
    condition: (text: string) => boolean,
    timeoutMs = PATIENCE_MS,
  ): Promise<string> {
    return waitFor(`${what} in the output of ${job}`, timeoutMs, async () => {
      const onlooker = await this.#looking()
      const text = await onlooker.log(job, 'stdout.autosave')
      return condition(text)
        ? { done: text }
        : { notYet: `${text.slice(-200)} (${(await onlooker.job(job)).status})` }
    })
  }

  /** Tells the job's program to end, one that begins with `UNTIL_TOLD`, and waits until the job is Completed. */
  async tellToEnd(job: string): Promise<ShownJob> {
    await tellToEnd(job)
    return this.status(job, ['Completed'])
  }

  #looking(): Promise<Onlooker> {
    return (this.#onlooker ??= Onlooker.begin(this))
  }

  async #lookAway(): Promise<void> {
    const onlooker = await this.#onlooker?.catch(() => undefined)
    this.#onlooker = undefined
    onlooker?.close()
  }

  async #must(name: string, args: readonly string[]): Promise<string> {
    const ran = await this.#run(name, args)
    if (ran.code !== 0)
      throw new Error(
        `${name} ${args.join(' ')} ended with ${ran.code}: ${ran.stderr.trim() || ran.stdout.trim()}`,
      )
    return ran.stdout
  }

  #run(name: string, args: readonly string[]): Promise<Ran> {
    return new Promise((resolve) => {
      execFile(bin(name), args, { env: this.#env, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr })
      })
    })
  }
}

/**
 * Whether a line of a snapshot is this cloud's. The machine's settings are judged only where no other local cloud
 * held them raised, neither at the beginning nor now.
 */
const ofCloud = async (
  name: string,
  dataDir: string,
  aloneBefore: boolean,
): Promise<(line: string) => boolean> => {
  const alone = aloneBefore && Object.keys(await localClouds()).length === 0
  return (line) => line.includes(name) || line.includes(dataDir) || (alone && line.startsWith('sysctl '))
}

const localClouds = async (): Promise<Record<string, { readonly cloudDir: string }>> => {
  const text = await readFile(REGISTRY, 'utf8').catch(() => '{"clouds":{}}')
  return (JSON.parse(text) as { clouds: Record<string, { cloudDir: string }> }).clouds
}

/** Status words after which nothing more happens to a job by itself. */
export const ENDED: ReadonlySet<string> = new Set([
  'Completed',
  'Cancelled',
  'FailToExecute',
  'FailToComplete',
  'CheckpointFailed',
  'Timedout',
  'NoAvailableHost',
])
