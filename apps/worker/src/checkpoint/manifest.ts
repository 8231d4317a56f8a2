import { existsSync, readdirSync, rmSync } from 'node:fs'
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

/** Removes what a capture that never ended left. */
export const sweepIncomplete = async (volumes: readonly MountedVolume[]): Promise<void> => {
  for (const seq of sequences()) if (!readManifest(seq)) await deleteCheckpoint(seq, volumes)
}

/** Removes what is incomplete, of other attempts, or beyond the newest two. */
export const sweepCheckpoints = async (volumes: readonly MountedVolume[], attempt: number): Promise<void> => {
  const kept = listCheckpoints()
    .filter(({ checkpoint }) => checkpoint.attempt === attempt)
    .slice(-KEPT)
    .map(({ checkpoint }) => checkpoint.seq)
  for (const seq of sequences()) if (!kept.includes(seq)) await deleteCheckpoint(seq, volumes)
}

const sequences = (): number[] =>
  existsSync(jobPlaces.checkpoints)
    ? readdirSync(jobPlaces.checkpoints)
        .map(Number)
        .filter((seq) => Number.isInteger(seq) && seq > 0)
        .toSorted((a, b) => a - b)
    : []
