import { readdirSync, readFileSync } from 'node:fs'

/** What a process does, as a letter of `ps`; nothing when it has ended. */
export const processState = (pid: number): string | undefined => stateIn(`/proc/${pid}/stat`)

/** True when no thread of a process works, or is about to: one that was given something to do is at least runnable. */
export const isAsleep = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((thread) => stateIn(`/proc/${pid}/task/${thread}/stat`) === 'S')

/** It stands behind the name, which is in parentheses and may hold some itself. */
const stateIn = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').split(') ').at(-1)?.[0]
  } catch {
    return undefined
  }
}
