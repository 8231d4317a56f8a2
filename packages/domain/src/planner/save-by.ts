/** What even a slow volume takes: half of the slowest that clouds rent as general purpose disks. */
const WRITTEN_BYTES_PER_SECOND = 60 * 1024 ** 2
/** Freeze, disk snapshot, and room for a failed first try. */
const SURE_MS = 10_000

/**
 * The latest instant (epoch ms) at which saving a program may begin, if all of it is to be on disk, with a second try
 * should the first one fail, when its instance is taken at `takenAt`. Until then the program may work on while the
 * instance it goes to boots. `now` when there is no time to lose.
 */
export const saveBy = (now: number, takenAt: number, memoryBytes: number): number => {
  const saveMs = (memoryBytes / WRITTEN_BYTES_PER_SECOND) * 1000
  return Math.max(now, Math.round(takenAt - SURE_MS - 2 * saveMs))
}
