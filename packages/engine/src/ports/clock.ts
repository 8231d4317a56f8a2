/** Time, injected: so that tests and the simulator own it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** What `within` aborts with. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** Does something that must be over within `ms` of the clock's time; after that its signal aborts with `DeadlineError`. */
export const within = async <T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = new AbortController()
  const late = new AbortController()
  const timer = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(
    () => late.abort(new DeadlineError(`not done within ${ms} ms`)),
    () => undefined,
  )
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } finally {
    over.abort()
    await timer
  }
}

/** The clock on the wall. */
export const wallClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const aborted = (): void => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', aborted)
        resolve()
      }, ms)
      signal.addEventListener('abort', aborted, { once: true })
    }),
}
