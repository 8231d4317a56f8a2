import { mkdirSync, readdirSync, truncateSync } from 'node:fs'
import { type z } from 'zod'
import type { checkpointSchema } from '@mmcloud/contract'
import { easeMemoryLimits, type MemoryLimits, restoreMemoryLimits } from '../container/cgroup.ts'
import { runc, containerRuns } from '../container/runc.ts'
import { connectNetwork, cutNetwork } from '../network/inner-network.ts'
import { askShim } from '../shim/client.ts'
import { exec } from '../system/exec.ts'
import { places } from '../system/places.ts'
import { type MountedVolume, snapshotLive } from '../volumes/volumes.ts'
import { withCriuActions } from './criu-actions.ts'
import { criuIsDirect, DIRECT_IMAGES } from './criu-features.ts'
import { criuErrors } from './criu-log.ts'
import { Images } from './images.ts'
import {
  checkpointDirectory,
  deleteCheckpoint,
  diskOf,
  type Manifest,
  nextSequence,
  writeManifest,
} from './manifest.ts'

export type Checkpoint = z.infer<typeof checkpointSchema>

export type CaptureInput = {
  readonly kind: 'move' | 'snapshot'
  readonly attempt: number
  readonly volumes: readonly MountedVolume[]
  readonly limits: MemoryLimits
  /** Since when (epoch ms) the program has stood still already. */
  readonly frozenSince?: number
}

/**
 * Saves memory, disk and log offsets of one instant. `move`: the program ends once all of it is durable.
 * If it throws, the program runs on where it was and there is no such checkpoint.
 */
export const capture = async (input: CaptureInput): Promise<Checkpoint> => {
  const seq = nextSequence()
  const images = `${checkpointDirectory(seq)}/images`
  mkdirSync(images, { recursive: true })
  const direct = await criuIsDirect()
  // btrfs writes past the cache only what it does not checksum; the manifest has checksums of its own.
  if (direct) await exec('chattr', ['+C', images])
  const run = new CaptureRun(input, seq, images, direct)
  try {
    easeMemoryLimits(input.limits)
    // A dump without it may still succeed.
    await askShim('keepStatisticsFresh').catch(() => undefined)
    await cutNetwork()
    return await run.dump()
  } catch (error) {
    // Something failed after CRIU had ended the program: what was saved then is all there is of it.
    if (run.complete && !(await containerRuns())) return run.complete
    await askShim('expectExit').catch(() => undefined)
    await deleteCheckpoint(seq, input.volumes)
    const said = criuErrors(`${places.criuWork}/dump.log`)
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(
      `The checkpoint failed, the program runs on: ${message}${said ? `\nCRIU:\n${said}` : ''}`,
      {
        cause: error,
      },
    )
  } finally {
    if (await containerRuns()) {
      await askShim('letStatisticsBe').catch(() => undefined)
      await connectNetwork()
      restoreMemoryLimits(input.limits)
    }
  }
}

/** One dump, with the clock of each phase. */
class CaptureRun {
  readonly #input: CaptureInput
  readonly #seq: number
  readonly #directory: string
  readonly #direct: boolean
  readonly #images: Images
  readonly #started = performance.now()
  readonly #begunAt = Date.now()
  readonly #timings = { freezeMs: 0, dumpMs: 0, drainLogsMs: 0, diskSnapshotMs: 0, syncMs: 0 }
  #logs: Record<string, number> = {}
  #dumping = true
  #following: Promise<void> = Promise.resolve()
  #files: Manifest['files'] = []
  #manifest: Manifest | undefined

  constructor(input: CaptureInput, seq: number, directory: string, direct: boolean) {
    this.#input = input
    this.#seq = seq
    this.#directory = directory
    this.#direct = direct
    this.#images = new Images(directory, { direct })
  }

  /** The checkpoint of a `move`, once it is durable. */
  get complete(): Checkpoint | undefined {
    return this.#input.kind === 'move' ? this.#manifest?.checkpoint : undefined
  }

  async dump(): Promise<Checkpoint> {
    const { kind } = this.#input
    this.#following = this.#images.follow(() => !this.#dumping)
    const flags = ['--tcp-established', '--file-locks', '--ext-unix-sk', '--image-path', this.#directory]
    if (kind === 'snapshot') flags.push('--leave-running')
    try {
      await withCriuActions(
        {
          'network-lock': async () => void (this.#timings.freezeMs = this.#lap()),
          'post-dump': (signal) => this.#whileFrozen(signal),
          'network-unlock': () => this.#beforeThaw(),
        },
        () => runc(['checkpoint', ...flags, '--work-path', places.criuWork]),
        this.#direct ? [DIRECT_IMAGES] : [],
      )
    } finally {
      this.#dumping = false
      await this.#following
    }
    if (kind === 'snapshot') {
      await this.#makeDurable()
      this.#writeManifest()
    }
    if (!this.#manifest) throw new Error('CRIU ended without having called back')
    return this.#manifest.checkpoint
  }

  async #whileFrozen(signal: AbortSignal): Promise<void> {
    this.#timings.dumpMs = this.#lap()
    this.#dumping = false
    this.#logs = (await askShim('drain')).offsets
    this.#timings.drainLogsMs = this.#lap()
    // What runs on needs its disk of this instant, and may go on before the images are durable.
    if (this.#input.kind === 'snapshot') return this.#snapshotDisks()
    await this.#makeDurable(this.#snapshotDisks())
    // A program that was thawed meanwhile is further than this checkpoint.
    signal.throwIfAborted()
    this.#writeManifest()
    await askShim('expectEnd')
  }

  /** Images of a dump that failed may have filled the disk: the program must find room there when it runs on. */
  async #beforeThaw(): Promise<void> {
    if (!this.#dumping) return
    this.#dumping = false
    await this.#following
    // CRIU still has them open: only what they hold can be given back.
    for (const name of readdirSync(this.#directory)) truncateSync(`${this.#directory}/${name}`)
    await exec('sync', ['-f', this.#directory])
  }

  async #snapshotDisks(): Promise<void> {
    const from = performance.now()
    const { volumes } = this.#input
    for (const [index, { path }] of volumes.entries())
      await snapshotLive(path, diskOf(this.#seq, volumes, index))
    this.#timings.diskSnapshotMs = Math.round(performance.now() - from)
  }

  /** Images and disks, side by side. */
  async #makeDurable(alongside?: Promise<void>): Promise<void> {
    const { volumes } = this.#input
    const from = performance.now()
    const [files] = await Promise.all([
      this.#following.then(() => this.#images.sums()),
      alongside,
      ...volumes.map(({ path }) => exec('sync', ['-f', path])),
    ])
    this.#files = files
    this.#timings.syncMs = Math.round(performance.now() - from)
  }

  /** After everything else: from here on there is the checkpoint. */
  #writeManifest(): void {
    const { kind, attempt } = this.#input
    const files = this.#files
    this.#manifest = {
      checkpoint: {
        seq: this.#seq,
        attempt,
        takenAt: this.#input.frozenSince ?? this.#begunAt,
        kind,
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        timings: this.#timings,
      },
      files,
      logs: this.#logs,
    }
    writeManifest(this.#manifest)
  }

  #lapped = this.#started
  #lap(): number {
    const now = performance.now()
    const lap = now - this.#lapped
    this.#lapped = now
    return Math.round(lap)
  }
}
