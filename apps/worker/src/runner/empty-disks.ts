import { existsSync, readdirSync } from 'node:fs'
import { jobPlaces } from '../system/places.ts'
import { readyLive } from '../volumes/ready-live.ts'
import { deleteSubvolume, type MountedVolume, replaceLive } from '../volumes/volumes.ts'

/**
 * Fresh disks for an attempt from scratch, but for what lies on those that their user keeps; answers which logs begin anew, if those before are kept beside them.
 */
export const emptyDisks = async (
  volumes: readonly MountedVolume[],
): Promise<Record<string, number> | undefined> => {
  const keep = existsSync(jobPlaces.logs) && readdirSync(jobPlaces.logs).length > 0
  for (const { path, kept } of volumes) {
    if (kept) await forgetSnapshots(path)
    else await replaceLive(path, undefined)
  }
  await readyLive(volumes, keep)
  return keep ? { 'stdout.autosave': 0, 'stderr.autosave': 0 } : undefined
}

/** Of a kept disk: those of the job that had it before, or of an attempt before, are of no use to anybody. */
const forgetSnapshots = async (path: string): Promise<void> => {
  for (const name of readdirSync(`${path}/snapshots`)) await deleteSubvolume(`${path}/snapshots/${name}`)
}
