import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { until } from '../src/system/wait.ts'
import { FakeOpenCenter } from './fake-open-center.ts'

const CACHE = process.env['MMCLOUD_CACHE'] ?? '/var/cache/mmcloud'
const SYSTEM = `${CACHE}/system/current`
const PYTHON_LAYOUT = `${CACHE}/images/python`
const PIPE_LIMIT = '/proc/sys/fs/pipe-max-size'
export const DIGEST = `sha256:${'a'.repeat(64)}`

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' }).trim()

type Blob = { readonly digest: string }
const blob = ({ digest }: Blob): string => join(PYTHON_LAYOUT, 'blobs', digest.replace(':', '/'))
const parsed = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

/** The layers of set-up's image, one over the other. */
const unpackPython = (to: string): void => {
  const [manifest] = parsed<{ manifests: [Blob] }>(join(PYTHON_LAYOUT, 'index.json')).manifests
  for (const layer of parsed<{ layers: Blob[] }>(blob(manifest)).layers)
    run('tar', '-xf', blob(layer), '-C', to)
}

/** Disks and a place for instances, cleaned up whole. */
export class World {
  readonly directory = mkdtempSync(join(tmpdir(), 'mmw-'))
  readonly #instances: Instance[] = []
  #disks: string[] = []
  #made = 0
  /** The limit is one of the whole machine; a worker raises it. */
  readonly #pipeLimit = readFileSync(PIPE_LIMIT, 'utf8')

  /** What all instances of this world share: the program's image, the worker and the shim. */
  async make(): Promise<this> {
    const store = join(this.directory, 'images', DIGEST)
    mkdirSync(store, { recursive: true })
    mkdirSync(join(store, 'rootfs'))
    unpackPython(join(store, 'rootfs'))
    writeFileSync(join(store, 'config.json'), JSON.stringify({ Cmd: ['/bin/sh'] }))
    await Promise.all(
      [
        ['worker.mjs', '../src/main.ts'],
        ['shim.mjs', '../src/shim/main.ts'],
        ['float.mjs', '../../float/src/main.ts'],
      ].map(([name, entry]) =>
        build({
          entryPoints: [fileURLToPath(new URL(entry!, import.meta.url))],
          bundle: true,
          platform: 'node',
          format: 'esm',
          target: 'node24',
          logLevel: 'silent',
          outfile: join(this.directory, name!),
          external: ['bufferutil', 'utf-8-validate'],
          banner: {
            js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
          },
        }),
      ),
    )
    return this
  }

  /** Blank disks for the instances to come: the job's own, then those of data. */
  plugDisks(...sizesMiB: number[]): void {
    for (const sizeMiB of sizesMiB) {
      const image = join(this.directory, `disk-${this.#disks.length}.img`)
      run('truncate', '-s', `${sizeMiB}M`, image)
      this.#disks.push(run('losetup', '--nooverlap', '--find', '--show', image))
    }
  }

  async instance(memoryMiB = 3072): Promise<Instance> {
    this.#made += 1
    const name = `mmw${process.pid % 10_000}n${this.#made}`
    const instance = new Instance(this.directory, this.#disks, name, memoryMiB)
    this.#instances.push(instance)
    return instance.boot()
  }

  /** Ends all instances and throws the disks away. */
  async clear(): Promise<void> {
    for (const instance of this.#instances.splice(0)) await instance.kill()
    for (const disk of this.#disks) run('losetup', '-d', disk)
    for (const [index] of this.#disks.entries()) rmSync(join(this.directory, `disk-${index}.img`))
    this.#disks = []
  }

  async clean(): Promise<void> {
    await this.clear()
    writeFileSync(PIPE_LIMIT, this.#pipeLimit)
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** One sandbox with a worker in it, and the OpCenter it dials. */
export class Instance {
  readonly center = new FakeOpenCenter()
  readonly #world: string
  readonly #disks: readonly string[]
  readonly #name: string
  readonly #memoryMiB: number
  #process: ChildProcess | undefined

  constructor(world: string, disks: readonly string[], name: string, memoryMiB: number) {
    this.#world = world
    this.#disks = disks
    this.#memoryMiB = memoryMiB
    this.#name = name
  }

  get directory(): string {
    return join(this.#world, this.#name)
  }

  /** Where its published ports are reached from outside. */
  get address(): string {
    return `${this.#network}.2`
  }

  get #network(): string {
    return `10.222.${1 + (Number(this.#name.replace(/\D/g, '')) % 250)}`
  }

  async boot(): Promise<this> {
    mkdirSync(this.directory)
    await this.center.listen()
    const host = `${this.#network}.1`
    run('ip', 'netns', 'add', this.#name)
    run('ip', 'link', 'add', this.#name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#name)
    run('ip', 'address', 'add', `${host}/24`, 'dev', this.#name)
    run('ip', 'link', 'set', this.#name, 'up')
    run('ip', '-n', this.#name, 'address', 'add', `${this.address}/24`, 'dev', 'eth0')
    run('ip', '-n', this.#name, 'link', 'set', 'eth0', 'up')
    run('ip', '-n', this.#name, 'link', 'set', 'lo', 'up')
    run('ip', '-n', this.#name, 'route', 'add', 'default', 'via', host)
    writeFileSync(
      join(this.directory, 'worker.json'),
      JSON.stringify({
        openCenterUrl: `https://${host}:${this.center.port}`,
        certificate: this.center.certificate,
        instanceId: this.#name,
        joinToken: 'join',
        imageStore: '/var/lib/mmcloud/images',
        metadataUrl: `http://${host}:${this.center.metadataPort}`,
      }),
    )
    for (const file of ['worker.mjs', 'shim.mjs', 'float.mjs'])
      copyFileSync(join(this.#world, file), join(this.directory, file))
    writeFileSync(join(this.directory, 'disks'), this.#disks.map((disk) => `${disk}\n`).join(''))
    const script = fileURLToPath(new URL('./sandbox.sh', import.meta.url))
    const log = join(this.directory, 'boot.log')
    this.#process = spawn(
      'nsenter',
      [
        `--net=/run/netns/${this.#name}`,
        'sh',
        '-c',
        'log=$1; shift; exec sh "$@" > "$log" 2>&1',
        'boot',
        log,
        script,
        this.#name,
        this.directory,
        SYSTEM,
        process.execPath,
        join(this.#world, 'images'),
        String(this.#memoryMiB * 1024 ** 2),
      ],
      { stdio: 'ignore' },
    )
    await until(() => this.center.report, {
      withinMs: 30_000,
      late: () => `no worker: ${readFileSync(log, 'utf8')} ${this.log()}`,
    })
    return this
  }

  log(): string {
    const path = join(this.directory, 'upper/var/log/mmworker.log')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Processes of the instance itself whose command line has `part`. */
  pids(part: string): number[] {
    return pidsOf(this.#name, part)
  }

  /** CRIU at work. */
  criu(): number[] {
    return this.pids('').filter((pid) => commandOf(pid) === 'criu')
  }

  /** Processes of the program whose command line has `part`. */
  programPids(part: string): number[] {
    return pidsOf(`${this.#name}/job`, part)
  }

  /** A path of the instance as it is reached from here, mounts and all. */
  path(inside: string): string {
    return `/proc/${this.pids('tini\0-g')[0]}/root${inside}`
  }

  /** Gives it the machine's CPU before whoever else works there. */
  preferCpu(): void {
    writeFileSync(`/sys/fs/cgroup/cpu/${this.#name}/cpu.shares`, '262144')
  }

  /** Only the worker: what it started lives on, and its supervisor starts the next one. */
  killWorker(): void {
    this.center.report = undefined
    for (const pid of this.pids('node\0/opt/mmcloud/worker.mjs')) process.kill(pid, 'SIGKILL')
  }

  /** Runs a command inside the sandbox. */
  inside(...command: string[]): string {
    const [pid] = this.pids('tini\0-g')
    return run('nsenter', '--target', String(pid), '--mount', '--pid', '--net', ...command)
  }

  /** Without mercy: every process at once. */
  async kill(): Promise<void> {
    if (!this.#process) return
    for (const pid of this.pids('tini\0-g')) process.kill(pid, 'SIGKILL')
    this.#process.kill('SIGKILL')
    this.#process = undefined
    this.center.close()
    run('ip', 'netns', 'delete', this.#name)
    try {
      run('ip', 'link', 'delete', this.#name)
    } catch {
      /* its peer took it along */
    }
    for (const controller of readdirSync('/sys/fs/cgroup')) {
      for (const group of [
        `/sys/fs/cgroup/${controller}/${this.#name}/job`,
        `/sys/fs/cgroup/${controller}/${this.#name}`,
      ]) {
        if (existsSync(group))
          await until(() => removed(group), { withinMs: 20_000, late: () => `${group} is busy` })
      }
    }
  }
}

const pidsOf = (group: string, part: string): number[] => {
  const file = `/sys/fs/cgroup/memory/${group}/cgroup.procs`
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part)
      } catch {
        return false
      }
    })
}

const commandOf = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

const removed = (group: string): true | undefined => {
  try {
    rmdirSync(group)
    return true
  } catch {
    return undefined
  }
}
