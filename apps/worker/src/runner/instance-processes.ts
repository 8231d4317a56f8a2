import { readdirSync, readFileSync } from 'node:fs'
import { jobProcesses } from '../container/cgroup.ts'
import { places } from '../system/places.ts'
import { processState } from '../system/process-state.ts'

/** True while a checkpoint or a restore is being made on this instance, whoever began it. */
export const criuWorks = (): boolean =>
  processes().some(
    ({ name, args }) => name === 'criu' || (name.startsWith('runc') && args.includes('checkpoint')),
  )

/** True while there is a shim: on its way up, holding the program, or telling how it ended. */
export const shimIsThere = (): boolean => processes().some(({ args }) => args.includes(places.shimConfig))

/** Ends all that is left of the job: its processes, a shim that hangs and the runc it waits for. */
export const killJob = (): void => {
  const ofShim = processes().filter(
    ({ args }) => args.includes(places.shimConfig) || args.includes(places.runcRoot),
  )
  for (const pid of [...jobProcesses(), ...ofShim.map(({ pid }) => pid)]) {
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
