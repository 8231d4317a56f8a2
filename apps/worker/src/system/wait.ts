import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again every `everyMs` until there is an answer; throws `late()` after `withinMs`. */
export const until = async <T>(
  ask: () => T | undefined | Promise<T | undefined>,
  options: { withinMs: number; everyMs?: number; late: () => string },
): Promise<T> => {
  const end = performance.now() + options.withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(options.late())
    await sleep(options.everyMs ?? 20)
  }
}
