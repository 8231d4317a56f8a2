import { readdirSync, readFileSync } from 'node:fs'
import { places } from '../system/places.ts'

/** True while a checkpoint or a restore is being made on this instance, whoever began it. */
export const criuWorks = (): boolean =>
  processes().some(
    ({ name, args }) => name === 'criu' || (name.startsWith('runc') && args.includes('checkpoint')),
  )

/** True while there is a shim: on its way up, holding the program, or telling how it ended. */
export const shimIsThere = (): boolean => processes().some(({ args }) => args.includes(places.shimConfig))

const processes = (): { name: string; args: string[] }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      name: textOf(`/proc/${pid}/comm`).trim(),
      args: textOf(`/proc/${pid}/cmdline`).split('\0'),
    }))

/** A process that ended meanwhile has no text. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
