import type { JobProcess } from '@mmcloud/contract'

/** Ticks a second in what the kernel tells about processes: the same on every Linux that Node runs on. */
const TICKS = 100

/** The texts of `/proc/PID` that tell about one process. */
export type ProcessTexts = {
  readonly stat: string
  readonly status: string
  readonly cmdline: string
}

/** A process as its job sees it: the numbers are those inside the container. Nothing when it has just ended. */
export const readProcess = (
  { stat, status, cmdline }: ProcessTexts,
  numberInside: (outside: number) => number | undefined,
): JobProcess | undefined => {
  const pid = lastNumber(status, 'NSpid')
  // The name is in parentheses and may hold some itself.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (pid === undefined || state === undefined) return undefined
  const words = cmdline.split('\0').filter((word) => word !== '')
  return {
    pid,
    parent: numberInside(Number(parent)) ?? 0,
    state,
    cpuSeconds: (Number(rest[9]) + Number(rest[10])) / TICKS,
    memBytes: (lastNumber(status, 'VmRSS') ?? 0) * 1024,
    swapBytes: (lastNumber(status, 'VmSwap') ?? 0) * 1024,
    threads: lastNumber(status, 'Threads') ?? 1,
    command: words.length > 0 ? words.join(' ') : `[${name}]`,
  }
}

/** `NSpid:  4711  12` is 12, `VmRSS:  100 kB` is 100. */
export const lastNumber = (status: string, field: string): number | undefined => {
  const line = new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(status)?.[1]
  const number = line?.match(/\d+/g)?.at(-1)
  return number === undefined ? undefined : Number(number)
}
