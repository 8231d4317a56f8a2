import { readdirSync, readFileSync } from 'node:fs'
import { places } from '../system/places.ts'
import { processState } from '../system/process-state.ts'

/** True while a checkpoint or a restore is being made on this instance, whoever began it. */
export const criuWorks = (): boolean =>
  processes().some(
    ({ name, args }) => name === 'criu' || (name.startsWith('runc') && args.includes('checkpoint')),
  )

/** True while there is a shim: on its way up, holding the program, or telling how it ended. */
export const shimIsThere = (): boolean => processes().some(({ args }) => args.includes(places.shimConfig))

/** Ends a shim that hangs; the log files it holds open would keep their volume mounted. */
export const killShim = (): void => {
  for (const { pid, args } of processes()) {
    if (!args.includes(places.shimConfig)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Every process of the instance, a line each: number, name, state as in `ps`. For the log. */
export const processList = (): string =>
  processes()
    .map(({ pid, name }) => `${pid} ${name} ${processState(pid) ?? 'ended'}`)
    .join('\n')

const processes = (): { pid: number; name: string; args: string[] }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
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
