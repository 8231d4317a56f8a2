import { usableCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts'

/** What lies on a job's volumes, read from the volumes themselves. */
export type VolumeInventory = {
  readonly checkpoints: readonly Checkpoint[]
  readonly exit?: { readonly attempt: number; readonly exitCode: number; readonly at: number }
}

/** How a job goes on, once its volumes are mounted on an instance and nothing of it runs anywhere. */
export type Continuation =
  | { readonly kind: 'start'; readonly attempt: number; readonly again: boolean }
  | { readonly kind: 'restore'; readonly checkpoint: Checkpoint }
  /** It had ended by itself before its instance went away. */
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** It had checkpoints, and none can be restored: what remains is a rerun that a person asks for. */
  | { readonly kind: 'checkpointsFailed' }
  /** It ran, left no checkpoint, and may not be run again. */
  | { readonly kind: 'lost' }

/**
 * The volume knows more than the records (a worker may have saved while the OpCenter was down), so its list of
 * checkpoints is the truth and the records only add how often a restore from each has failed.
 */
export const chooseContinuation = (
  job: {
    readonly attempt: number
    readonly startedAt?: number
    readonly spec: { readonly rerunAllowed: boolean }
  },
  inventory: VolumeInventory,
  known: readonly Checkpoint[],
): Continuation => {
  if (inventory.exit?.attempt === job.attempt) return { kind: 'exited', exitCode: inventory.exit.exitCode }
  const checkpoints = mergeCheckpoints(inventory.checkpoints, known)
  const checkpoint = usableCheckpoint(checkpoints, job.attempt)
  if (checkpoint) return { kind: 'restore', checkpoint }
  if ([...checkpoints, ...known].some((c) => c.attempt === job.attempt)) return { kind: 'checkpointsFailed' }
  if (job.startedAt === undefined) return { kind: 'start', attempt: job.attempt, again: false }
  return job.spec.rerunAllowed ? { kind: 'start', attempt: job.attempt + 1, again: true } : { kind: 'lost' }
}

/** The volume's list, with the failed restores that the records remember. */
export const mergeCheckpoints = (
  found: readonly Checkpoint[],
  known: readonly Checkpoint[],
): readonly Checkpoint[] =>
  found.map((checkpoint) => {
    const failedRestores = known.find((k) => k.seq === checkpoint.seq)?.failedRestores
    return failedRestores === undefined ? checkpoint : { ...checkpoint, failedRestores }
  })
