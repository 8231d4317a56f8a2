import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 100

/** Done with a value, or not yet with what was seen; a condition that can no longer come true throws. */
export type Seen<T> = { readonly done: T } | { readonly notYet: string }

/** Waits for a condition, never for a time; when it does not come, the error says what was seen last. */
export const waitFor = async <T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<Seen<T>>,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const seen = await look()
    if ('done' in seen) return seen.done
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for ${what}; last seen: ${seen.notYet}`)
    await sleep(LOOK_EVERY_MS)
  }
}
