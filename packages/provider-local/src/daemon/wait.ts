import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until the answer is true; what the kernel does in its own time has no event to wait for. */
export const waitUntil = async (
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  what: string,
): Promise<void> => {
  const end = Date.now() + limitMs
  for (let pause = 1; !(await condition()); pause = Math.min(pause * 2, 100)) {
    if (Date.now() > end) throw new Error(`after ${limitMs} ms still not so: ${what}`)
    await sleep(pause)
  }
}
