import { UserError } from '@mmcloud/contract/user-error'
import { NotServedError } from './grpc-status.ts'

/** Since when nothing is learned of this one, and what the last question came to. */
export type Away = { readonly forMs: number; readonly error: unknown }

type Asking<T> = {
  /** `before`: what was found the last time. */
  readonly ask: (before: T | undefined) => Promise<T>
  readonly away: (seen: T, why: Away) => T
  /** Where nothing was ever seen: a replica that has just begun. */
  readonly unknown: (why: Away) => T
}

type Entry<T> = { value: T | undefined; awaySince: number | undefined; failedAt: number }

/** So long the state that was seen last is worth telling; then an error is more honest. */
const HONEST_MS = 30 * 60_000
/** Whoever asked nothing for longer does not know that it was away all the time: tasks are asked about every few seconds. */
const ONE_ABSENCE_MS = 5 * 60_000
/** Those asked about last; an engine tells nobody when it has done with one. Of the rest nothing is known. */
const MOST = 10_000

/**
 * Answers while nothing can be learned from the OpCenter: what was last seen of each thing. An engine counts errors and
 * forgives none, so that a restart of the OpCenter, a new certificate or a changed password would fail its tasks for good.
 */
export class LastKnown<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #now: () => number
  readonly #log: (key: string, error: unknown) => void

  /** `log` hears of each absence once. */
  constructor(now: () => number, log: (key: string, error: unknown) => void) {
    this.#now = now
    this.#log = log
  }

  /** `ask`, or while that fails what was seen last, changed by `away`. Throws what is said about the thing itself. */
  async answer(key: string, { ask, away, unknown }: Asking<T>): Promise<T> {
    const entry = this.#entry(key)
    try {
      const found = await ask(entry.value)
      entry.value = found
      entry.awaySince = undefined
      return found
    } catch (error) {
      if (isAboutTheThing(error)) throw error
      const now = this.#now()
      if (now - entry.failedAt > ONE_ABSENCE_MS) entry.awaySince = undefined
      entry.failedAt = now
      if (entry.awaySince === undefined) this.#log(key, error)
      entry.awaySince ??= now
      const why: Away = { forMs: now - entry.awaySince, error }
      if (why.forMs > HONEST_MS) throw error
      return entry.value === undefined ? unknown(why) : away(entry.value, why)
    }
  }

  /** What is known of it otherwise than by asking. */
  learn(key: string, value: T): void {
    this.#entry(key).value = value
  }

  has(key: string): boolean {
    return this.#entries.get(key)?.value !== undefined
  }

  /** The newest of the entries from now on. */
  #entry(key: string): Entry<T> {
    const entry = this.#entries.get(key) ?? { value: undefined, awaySince: undefined, failedAt: -Infinity }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > MOST && oldest !== undefined) this.#entries.delete(oldest)
    return entry
  }
}

/** An answer, if a bad one: there is no such thing, or it is somebody else's. */
const isAboutTheThing = (error: unknown): boolean =>
  error instanceof NotServedError ||
  (error instanceof UserError && ['notFound', 'forbidden', 'invalidArgument'].includes(error.kind))
