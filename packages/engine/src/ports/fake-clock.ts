import type { Clock } from './clock.ts'

type Sleeper = { readonly at: number; readonly wake: () => void }

/**
 * Virtual time: when everything sleeps, time jumps to the first who wakes. A test of hours takes milliseconds, in the
 * order it would happen, and never waits.
 */
export class FakeClock implements Clock {
  #now: number
  #offset = 0
  readonly #sleepers = new Set<Sleeper>()
  #pumping = false

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now + this.#offset
  }

  /** Somebody sets the clock of this machine; who sleeps sleeps as long as before. */
  jump(ms: number): void {
    this.#offset += ms
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const aborted = (): void => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason as Error)
      }
      const sleeper = {
        at: this.#now + ms,
        wake: () => {
          signal.removeEventListener('abort', aborted)
          resolve()
        },
      }
      signal.addEventListener('abort', aborted, { once: true })
      this.#sleepers.add(sleeper)
      this.#pump()
    })
  }

  /** One turn of the event loop lets all work that needs no time finish first. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      const next = [...this.#sleepers].toSorted((a, b) => a.at - b.at)[0]
      if (!next) return
      this.#sleepers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      this.#pump()
    })
  }
}
