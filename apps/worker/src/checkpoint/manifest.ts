import { closeSync, existsSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { checkpointSchema } from '@mmcloud/contract'
import { z } from 'zod'
import { readJson, syncDirectory, writeDurably } from '../system/durable.ts'
import { jobPlaces } from '../system/places.ts'
import { deleteSubvolume, type MountedVolume } from '../volumes/volumes.ts'

export const manifestSchema = z.object({
  checkpoint: checkpointSchema,
  files: z.array(z.object({ name: z.string(), size: z.number(), crc32: z.number() })),
  /** Sizes of the log files at the instant of the freeze. */
  logs: z.record(z.string(), z.number()),
})
export type Manifest = z.infer<typeof manifestSchema>

/** How many complete checkpoints of an attempt stay: the newest, and one to fall back to. */
const KEPT = 2
const CHUNK = 4 * 1024 * 1024

export const checkpointDirectory = (seq: number): string => `${jobPlaces.checkpoints}/${seq}`

/** The manifest of a checkpoint; nothing when it is incomplete, which means that it does not exist. */
export const readManifest = (seq: number): Manifest | undefined =>
  readJson(`${checkpointDirectory(seq)}/manifest.json`, manifestSchema)

/** Writes it last and whole: from here on the checkpoint exists. */
export const writeManifest = (manifest: Manifest): void => {
  const directory = checkpointDirectory(manifest.checkpoint.seq)
  writeDurably(`${directory}/manifest.json`, JSON.stringify(manifest))
  syncDirectory(jobPlaces.checkpoints)
}

/** All complete checkpoints, oldest first. */
export const listCheckpoints = (): Manifest[] =>
  sequences()
    .map(readManifest)
    .filter((manifest) => manifest !== undefined)

export const nextSequence = (): number => Math.max(0, ...sequences()) + 1

/** Removes a checkpoint, its manifest first, so that it is never half there. */
export const deleteCheckpoint = async (seq: number, volumes: readonly MountedVolume[]): Promise<void> => {
  const directory = checkpointDirectory(seq)
  rmSync(`${directory}/manifest.json`, { force: true })
  const disks = volumes.map((_volume, index) => diskOf(seq, volumes, index))
  for (const disk of disks) if (existsSync(disk)) await deleteSubvolume(disk)
  rmSync(directory, { recursive: true, force: true })
}

/** The snapshot of a volume's live data that belongs to a checkpoint. */
export const diskOf = (seq: number, volumes: readonly MountedVolume[], index: number): string =>
  index === 0 ? `${checkpointDirectory(seq)}/disk` : `${volumes[index]!.path}/snapshots/${seq}`

/** Removes what is incomplete, and complete ones of other attempts or beyond the newest two. */
export const sweepCheckpoints = async (
  volumes: readonly MountedVolume[],
  attempt: number | undefined,
): Promise<void> => {
  const kept = listCheckpoints()
    .filter(({ checkpoint }) => attempt === undefined || checkpoint.attempt === attempt)
    .slice(-KEPT)
    .map(({ checkpoint }) => checkpoint.seq)
  for (const seq of sequences()) if (!kept.includes(seq)) await deleteCheckpoint(seq, volumes)
}

/** Sizes and checksums of CRIU's images; `follow` reads along while they grow. */
export class ImageChecksums {
  readonly #directory: string
  readonly #files = new Map<string, { size: number; crc32: number }>()
  readonly #buffer = Buffer.alloc(CHUNK)

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Page files only ever grow at their end: what has been written is read while the dump goes on, from the page cache. */
  async readAlong(stopped: () => boolean, pause: () => Promise<void>): Promise<void> {
    while (!stopped()) {
      for (const name of this.#names().filter((file) => /^pages-\d+\.img$/.test(file)))
        await this.#read(name, stopped)
      await pause()
    }
  }

  /** Reads the rest and answers all. */
  async finish(): Promise<Manifest['files']> {
    for (const name of this.#names()) await this.#read(name, () => false)
    return [...this.#files].map(([name, sums]) => ({ name, ...sums }))
  }

  #names(): string[] {
    return existsSync(this.#directory) ? readdirSync(this.#directory) : []
  }

  async #read(name: string, stopped: () => boolean): Promise<void> {
    const sums = this.#files.get(name) ?? { size: 0, crc32: 0 }
    this.#files.set(name, sums)
    const file = openSync(`${this.#directory}/${name}`, 'r')
    try {
      for (;;) {
        const read = readSync(file, this.#buffer, 0, CHUNK, sums.size)
        if (read === 0) return
        sums.crc32 = crc32(this.#buffer.subarray(0, read), sums.crc32)
        sums.size += read
        await setImmediate()
        if (stopped()) return
      }
    } finally {
      closeSync(file)
    }
  }
}

/** Throws when an image is missing, shorter or other than it was written. */
export const verifyImages = async (manifest: Manifest): Promise<void> => {
  const directory = `${checkpointDirectory(manifest.checkpoint.seq)}/images`
  for (const { name, size } of manifest.files) {
    const found = existsSync(`${directory}/${name}`) ? statSync(`${directory}/${name}`).size : 'nothing'
    if (found !== size) throw damaged(manifest, `${name} has ${found} bytes instead of ${size}`)
  }
  const found = await new ImageChecksums(directory).finish()
  for (const { name, crc32: expected } of manifest.files) {
    const sums = found.find((file) => file.name === name)
    if (sums?.crc32 !== expected) throw damaged(manifest, `the checksum of ${name} does not match`)
  }
}

const damaged = (manifest: Manifest, what: string): Error =>
  new Error(`Checkpoint ${manifest.checkpoint.seq} is damaged: ${what}`)

const sequences = (): number[] =>
  existsSync(jobPlaces.checkpoints)
    ? readdirSync(jobPlaces.checkpoints)
        .map(Number)
        .filter((seq) => Number.isInteger(seq) && seq > 0)
        .toSorted((a, b) => a - b)
    : []
