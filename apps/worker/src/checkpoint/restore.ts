import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Refusal } from '../link/refusal.ts'
import { jobPlaces, places } from '../system/places.ts'
import { deleteSubvolume, type MountedVolume, replaceLive } from '../volumes/volumes.ts'
import { diskOf, type Manifest } from './manifest.ts'

/** To be called when a `move` has ended the program: nothing has written to the disks since their snapshot. */
export const markUntouched = (seq: number): void => writeFileSync(jobPlaces.untouched, String(seq))

/** Which checkpoint the disks are still at, if at one; from now on they are not. The caller makes that durable before anything runs. */
export const touch = (): number | undefined => {
  if (!existsSync(jobPlaces.untouched)) return undefined
  const seq = Number(readFileSync(jobPlaces.untouched, 'utf8'))
  rmSync(jobPlaces.untouched)
  return seq
}

/**
 * Puts every volume back to the instant of the checkpoint. What the logs say beyond it is kept beside them as
 * `<file>.lost-N`. Interrupted at any point it can be done again: the snapshots themselves are never written.
 */
export const rollBackDisks = async (manifest: Manifest, volumes: readonly MountedVolume[]): Promise<void> => {
  const { seq } = manifest.checkpoint
  for (const [index] of volumes.entries()) {
    const disk = diskOf(seq, volumes, index)
    if (!existsSync(disk))
      throw new Refusal(
        'damaged',
        new Error(`Checkpoint ${seq} is damaged: its disk snapshot ${disk} is missing`),
      )
  }
  for (const [index, { path }] of volumes.entries()) {
    await replaceLive(path, diskOf(seq, volumes, index))
    if (index === 0) await keepLostLogs(manifest.logs)
    if (existsSync(`${path}/live.old`)) await deleteSubvolume(`${path}/live.old`)
  }
}

const keepLostLogs = async (offsets: Record<string, number>): Promise<void> => {
  const before = `${places.jobVolume}/live.old/logs`
  if (!existsSync(before)) return
  const earlier = readdirSync(before).filter((name) => name.includes('.lost-'))
  for (const name of earlier) {
    const kept = `${jobPlaces.logs}/${name}`
    if (!existsSync(kept)) await pipeline(createReadStream(`${before}/${name}`), createWriteStream(kept))
  }
  for (const [file, offset] of Object.entries(offsets)) {
    const source = `${before}/${file}`
    if (!existsSync(source) || statSync(source).size <= offset) continue
    const number = 1 + earlier.filter((name) => name.startsWith(`${file}.lost-`)).length
    const target = `${jobPlaces.logs}/${file}.lost-${number}`
    await pipeline(createReadStream(source, { start: offset }), createWriteStream(target))
  }
}
