import type { JobState } from './job-state.ts'

/** What is asked to begin: an attempt from scratch, or to go on from a checkpoint of it. */
export type Beginning =
  | { readonly what: 'start'; readonly jobId: string; readonly attempt: number }
  | { readonly what: 'restore'; readonly jobId: string; readonly attempt: number; readonly seq: number }

/** The same for a repeated request. */
export const beginningKey = (asked: Beginning): string =>
  asked.what === 'start' ? `start:${asked.attempt}` : `restore:${asked.attempt}:${asked.seq}`

/**
 * Whether to begin, or to answer as before since the request was carried out already. Carried out is what runs, and what
 * has ended by itself since. A program that was saved since is not started again: that would empty its disks; to restore it
 * again is to go back on purpose. What failed is tried anew.
 */
export const beginOrAnswer = (state: JobState | undefined, asked: Beginning): 'begin' | 'answer' => {
  if (!state || state.phase === 'idle') throw new Error('The volumes of the job are not mounted')
  if (state.jobId !== asked.jobId) throw new Error('This instance holds another job')
  const repeated = state.begun?.key === beginningKey(asked)
  if (repeated && (state.phase === 'running' || state.phase === 'exited')) return 'answer'
  if (state.phase === 'running') throw new Error('The program runs already')
  if (state.phase === 'saved' && asked.what === 'start' && asked.attempt === state.attempt)
    throw new Error(`Attempt ${asked.attempt} was saved here; it goes on from its checkpoint`)
  return 'begin'
}
