import { setTimeout as sleep } from 'node:timers/promises'
import { ENDED, type EventLine, type Product } from '@mmcloud/testkit'
import { bold, cyan, dim, green, red, say, yellow } from './words.ts'

export type Finished = { readonly id: string; readonly result: string }

const LOOK_EVERY_MS = 250
/** Of the program's own lines every so many is shown: enough to see it live. */
const SHOW_EVERY = 6

/** Prints a job's history as it happens, its program's lines between, until it has ended. */
export const watchJob = async (
  center: Product,
  id: string,
  disturbance: { readonly afterLines: number; readonly drill: () => Promise<unknown> } | undefined,
  { everyLine = false } = {},
): Promise<Finished> => {
  const begin = Date.now()
  let seen = 0
  let lines: string[] = []
  let disturbed = disturbance === undefined
  for (;;) {
    const fresh = (await center.events(id)).filter((event) => event.seq > seen)
    const log = (await center.log(id)).split('\n').slice(0, -1)
    for (const line of log.slice(lines.length)) {
      lines = [...lines, line]
      if (everyLine || lines.length % SHOW_EVERY === 1)
        say(`${stamp(begin, Date.now())} ${dim('│')} ${dim(line)}`)
    }
    for (const event of fresh) {
      seen = event.seq
      say(`${stamp(begin, Date.parse(event.at))} ${mark(event)} ${event.sentence}`)
      if (ENDED.has(event.to)) {
        if (event.to !== 'Completed') throw new Error(`job ${id} ended as ${event.to}: ${event.sentence}`)
        return { id, result: (await finalLine(center, id)).replace(/^RESULT /, '') }
      }
    }
    if (!disturbed && disturbance && lines.length >= disturbance.afterLines) {
      disturbed = true
      await disturbance.drill()
    }
    await sleep(LOOK_EVERY_MS)
  }
}

const finalLine = async (center: Product, id: string): Promise<string> =>
  (await center.log(id)).trim().split('\n').at(-1) ?? ''

const stamp = (begin: number, at: number): string =>
  dim(`${(Math.max(0, at - begin) / 1000).toFixed(1).padStart(6)} s`)

const mark = (event: EventLine): string => {
  switch (event.reason) {
    case 'reclaimNotice':
    case 'drillAsked':
    case 'swapping':
    case 'memoryRanOut':
      return yellow(bold('⚠'))
    case 'saved':
      return cyan(bold('❄'))
    case 'restored':
    case 'started':
      return green(bold('▶'))
    case 'exited':
      return green(bold('✔'))
    default:
      return event.reason.endsWith('Failed') ? red('✘') : '·'
  }
}
