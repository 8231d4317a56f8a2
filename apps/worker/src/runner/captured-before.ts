import type { Checkpoint } from '../checkpoint/capture.ts'
import { listCheckpoints, readManifest } from '../checkpoint/manifest.ts'
import type { JobState } from './job-state.ts'

/**
 * The answer to a capture that was carried out already: the same checkpoint, or the same failure, for the same id. A move of
 * a program that is saved has its checkpoint, whoever asked for it.
 */
export const capturedBefore = (
  state: JobState | undefined,
  captureId: string,
  kind: 'move' | 'snapshot',
): Checkpoint | undefined => {
  const last = state?.lastCapture
  if (last?.captureId === captureId) {
    if (last.error !== undefined) throw new Error(last.error)
    const manifest = last.seq === undefined ? undefined : readManifest(last.seq)
    if (manifest) return manifest.checkpoint
  }
  return state?.phase === 'saved' && kind === 'move' ? listCheckpoints().at(-1)?.checkpoint : undefined
}
