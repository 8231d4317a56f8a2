/** A complete checkpoint: memory, disk and log offsets of one instant. An incomplete one has no record and no manifest. */
export type Checkpoint = {
  /** 1, 2, … on the job's volumes; the newest is the highest. */
  readonly seq: number
  readonly attempt: number
  /** Since when the program stood still (epoch ms of the instance's clock): the freeze, or the brake before it. */
  readonly takenAt: number
  readonly bytes: number
  /** `move`: the program was ended when this was complete, so nothing is newer. `snapshot`: it ran on. */
  readonly kind: 'move' | 'snapshot'
  readonly timings: CaptureTimings
  /** How often a restore from it failed; the planner gives it up after a few. Absent on the volume, kept in records. */
  readonly failedRestores?: number
}

/**
 * Milliseconds of each phase; the program stands still from `freeze` to the end (or to the thaw of a snapshot). `freeze` is
 * until every process is frozen, its network cut first; the disks are snapshot while `sync` makes all of it durable.
 */
export type CaptureTimings = {
  readonly freezeMs: number
  readonly dumpMs: number
  readonly drainLogsMs: number
  readonly diskSnapshotMs: number
  readonly syncMs: number
}

/**
 * After so many failed restores, each on another instance and after a longer pause, a checkpoint is given up: machines and
 * what runs on them fail too, and giving up the last one is to lose the job.
 */
export const RESTORE_TRIES = 6
/** A checkpoint whose files are found damaged is looked at only once more, on another instance. */
export const DAMAGED_COUNTS = 3

/** The newest checkpoint of this attempt that was not given up, or nothing. */
export const usableCheckpoint = (
  checkpoints: readonly Checkpoint[],
  attempt: number,
): Checkpoint | undefined =>
  checkpoints
    .filter((c) => c.attempt === attempt && (c.failedRestores ?? 0) < RESTORE_TRIES)
    .toSorted((a, b) => b.seq - a.seq)[0]
