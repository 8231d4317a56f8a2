import { existsSync, readdirSync } from 'node:fs'
import { jobPlaces } from '../system/places.ts'
import { readyLive } from '../volumes/ready-live.ts'
import { type MountedVolume, replaceLive } from '../volumes/volumes.ts'

/** Fresh disks for an attempt from scratch; answers which logs begin anew, if those before are kept beside them. */
export const emptyDisks = async (
  volumes: readonly MountedVolume[],
): Promise<Record<string, number> | undefined> => {
  const keep = existsSync(jobPlaces.logs) && readdirSync(jobPlaces.logs).length > 0
  for (const { path } of volumes) await replaceLive(path, undefined)
  await readyLive(volumes, keep)
  return keep ? { 'stdout.autosave': 0, 'stderr.autosave': 0 } : undefined
}
