import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from './clock.ts'

/** Time that passes only when somebody sleeps: a test of hours takes milliseconds and never waits. */
export class FakeClock implements Clock {
  #now: number

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  advance(ms: number): void {
    this.#now += ms
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await nextTurn()
    signal.throwIfAborted()
    this.#now += ms
  }
}
