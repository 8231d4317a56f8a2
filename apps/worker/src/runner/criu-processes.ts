import { readdirSync, readFileSync } from 'node:fs'

/** Answers true when no CRIU runs on this instance; undefined while one does. */
export const criuIsDone = (): true | undefined => {
  const names = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(nameOf)
  return names.includes('criu') ? undefined : true
}

const nameOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
