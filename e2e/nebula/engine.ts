import { execFile, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { type Product, waitFor } from '@mmcloud/testkit'
import { layersOf, writeOciLayout } from '../../scripts/setup/oci-layout.ts'
import type { S3Server } from '../s3-server.ts'

const CLIENTS = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'clients')
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const PACKAGES = ['nebulakit/src/nebulakit', 'nebulakitplugins-mmcloud/src/nebulakitplugins'].map((path) =>
  here(`../../python/${path}`),
)
const run = promisify(execFile)

/** What the engine hears of a task. */
export type Heard = {
  readonly phase: string
  readonly message: string
  readonly links: readonly string[]
  readonly custom: Readonly<Record<string, unknown>>
  readonly has_outputs: boolean
}

/** A task of `flows.py` as it is asked for; the rest is the same for all. */
export type Asked = {
  readonly task: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly execution: string
  readonly times?: number
  readonly attempt?: number
  readonly node?: string
  readonly distribution?: string
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * The task's image as a user builds one: Debian's Python, flytekit, the packages of this project, and their workflow code.
 * Answers the layout's path.
 */
export const buildTaskImage = async (folder: string, withCode: boolean): Promise<string> => {
  const root = join(folder, 'image-root')
  const packages = join(root, 'usr/local/lib/python3.13/dist-packages')
  mkdirSync(packages, { recursive: true })
  for (const path of PACKAGES) await run('cp', ['-r', path, packages])
  mkdirSync(join(root, 'root'))
  if (withCode) copyFileSync(here('flows.py'), join(root, 'root/flows.py'))
  const layer = join(folder, 'code.tar')
  // The same packages make the same image, which instances unpack once and not in each test run.
  const reproducibly = ['--sort=name', '--owner=0', '--group=0', '--mtime=@0', '--exclude=__pycache__']
  await run('tar', ['-C', root, ...reproducibly, '-cf', layer, 'usr', 'root'])
  rmSync(root, { recursive: true })
  const below: string[] = []
  for (const [at, file] of layersOf(join(CLIENTS, 'flyte-image')).entries()) {
    const tar = join(folder, `below-${at}.tar`)
    copyFileSync(file, tar)
    below.push(tar)
  }
  const layout = join(folder, withCode ? 'task-image' : 'task-base')
  await writeOciLayout(layout, [...below, layer], {
    command: ['python3'],
    env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'LANG=C.UTF-8', 'PYTHONUNBUFFERED=1', 'PYTHONPATH=/root'],
  })
  return layout
}

/** `float nebula serve` beside an OpCenter, until it is stopped. */
export const startAgent = async (
  product: Product,
  flags: readonly string[] = [],
  login: { readonly password?: string } = {},
): Promise<{
  readonly address: string
  readonly prometheus: string
  readonly said: () => string
  stop(how?: NodeJS.Signals): Promise<number | null>
}> => {
  const child = spawn(
    here('../../bin/float'),
    ['nebula', 'serve', '--host', '127.0.0.1', '--port', '0', '--prometheus-port', '0', ...flags],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: join(product.dataDir, 'agent-home'),
        _FSEC_MMC_ADDRESS: product.address,
        _FSEC_MMC_USERNAME: 'admin',
        _FSEC_MMC_PASSWORD: login.password ?? product.password,
      },
    },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (said += data.toString()))
  const ended = once(child, 'exit')
  const [, port, prometheus] = await waitFor('the agent', 30_000, async () => {
    const found = /at port (\d+), Prometheus at (\d+)/.exec(said)
    if (child.exitCode !== null) throw new Error(`the agent ended:\n${said}`)
    return found ? { done: found } : { notYet: said }
  })
  return {
    address: `127.0.0.1:${port}`,
    prometheus: `http://127.0.0.1:${prometheus}/metrics`,
    said: () => said,
    stop: async (how = 'SIGTERM') => {
      child.kill(how)
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}

/** Speaks to an agent as the engine does, by `engine.py`, until it is stopped. */
export class Engine {
  readonly #s3: S3Server
  readonly #idle: EngineProcess[]
  readonly agent: string

  constructor(s3: S3Server, agent: string, idle: EngineProcess[] = []) {
    this.#s3 = s3
    this.agent = agent
    this.#idle = idle
  }

  /** The same engine, where it speaks to another agent. */
  at(agent: string): Engine {
    return new Engine(this.#s3, agent, this.#idle)
  }

  /** The settings of its object store, which tasks have in their environment too. */
  get platform(): Record<string, string> {
    return {
      FLYTE_AWS_ENDPOINT: this.#s3.endpoint,
      FLYTE_AWS_ACCESS_KEY_ID: this.#s3.accessKey,
      FLYTE_AWS_SECRET_ACCESS_KEY: this.#s3.secret,
    }
  }

  prefix({ execution, node = 'n0', attempt = 0 }: Asked): string {
    return `s3://shelf/data/${execution}/${node}/${attempt}`
  }

  /** What `resource_meta` each Create was answered with. */
  async create(asked: Asked): Promise<readonly string[]> {
    const env = { ...this.platform, ...asked.environment }
    const { metas } = (await this.#ask({
      image: 'task:latest',
      ...asked,
      environment: env,
      what: 'create',
      module: 'flows',
      prefix: this.prefix(asked),
    })) as { metas: string[] }
    return metas
  }

  /** The parts of a map task, one after the other; those answered before the agent is lost are lost with the answer. */
  async createParts(
    asked: Asked,
    parts: number,
    paceSeconds: number,
  ): Promise<readonly string[] | { readonly code: string }> {
    const env = { ...this.platform, ...asked.environment }
    const told = (await this.#ask(
      {
        image: 'task:latest',
        ...asked,
        environment: env,
        what: 'create_parts',
        parts,
        pace_seconds: paceSeconds,
        module: 'flows',
        prefix: this.prefix(asked),
      },
      true,
    )) as { metas: string[]; code: string }
    return told.metas ?? told
  }

  /** Phase and message of each. */
  async phases(metas: readonly string[]): Promise<readonly (readonly [phase: string, message: string])[]> {
    return ((await this.#ask({ what: 'phases', metas })) as { heard: [string, string][] }).heard
  }

  async outputParts(asked: Asked, parts: number): Promise<readonly unknown[]> {
    const told = await this.#ask({ what: 'output_parts', parts, prefix: this.prefix(asked) })
    return (told as { values: unknown[] }).values
  }

  /** As `create`, where it is to be refused. */
  async refused(asked: Asked): Promise<{ readonly code: string; readonly details: string }> {
    return (await this.#ask(
      { image: 'task:latest', ...asked, what: 'create', module: 'flows', prefix: this.prefix(asked) },
      true,
    )) as never
  }

  async get(meta: string): Promise<Heard> {
    return (await this.#ask({ what: 'get', meta })) as Heard
  }

  async delete(meta: string): Promise<void> {
    await this.#ask({ what: 'delete', meta })
  }

  async outputs(asked: Asked): Promise<unknown> {
    return ((await this.#ask({ what: 'outputs', prefix: this.prefix(asked) })) as { value: unknown }).value
  }

  /** Polls until the task is in one of these phases. */
  until(meta: string, phases: readonly string[], timeoutMs = 180_000): Promise<Heard> {
    return waitFor(`${meta} to be ${phases.join(' or ')}`, timeoutMs, async () => {
      const heard = await this.get(meta)
      if (phases.includes(heard.phase)) return { done: heard }
      if (['SUCCEEDED', 'FAILED', 'ABORTED', 'RETRYABLE_FAILED'].includes(heard.phase))
        throw new Error(`it is ${heard.phase}: ${heard.message}`)
      return { notYet: `${heard.phase}: ${heard.message}` }
    })
  }

  /** Ends its processes. */
  async stop(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((each) => each.end()))
  }

  async #ask(request: object, mayFail = false): Promise<unknown> {
    const process = this.#idle.pop() ?? new EngineProcess({ TMPDIR: this.#s3.scratch, ...this.platform })
    const told = await process.ask({ agent: this.agent, ...request })
    this.#idle.push(process)
    if (told.code !== undefined && !mayFail) throw new Error(`${told.code}: ${told.details}`)
    return told
  }
}

/** One `engine.py`, which takes seconds to begin and answers one request after the other. */
class EngineProcess {
  readonly #child
  readonly #lines
  readonly #ended: Promise<unknown>
  #errors = ''

  /** flytekit leaves a folder behind in every process, in `TMPDIR`. */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#child = spawn('python3', [here('engine.py')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        PYTHONDONTWRITEBYTECODE: '1',
        FLYTE_SDK_LOGGING_LEVEL: '50',
        PYTHONPATH: [
          here('.'),
          join(CLIENTS, 'flyte'),
          here('../../python/nebulakit/src'),
          here('../../python/nebulakitplugins-mmcloud/src'),
        ].join(':'),
        ...environment,
      },
    })
    this.#ended = once(this.#child, 'exit')
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
    this.#child.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()))
  }

  async ask(request: object): Promise<{ readonly code?: string; readonly details?: string }> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await this.#lines.next()
    if (line.done) {
      await this.#ended
      throw new Error(`engine.py said nothing but\n${this.#errors}`)
    }
    return JSON.parse(line.value) as { readonly code?: string; readonly details?: string }
  }

  async end(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }
}
