import { UserError } from '@mmcloud/contract/user-error'

/** Since when nothing is learned, and what the last question came to. */
export type Away = { readonly forMs: number; readonly error: unknown }

type WhileAway<T> = { readonly away: (seen: T, why: Away) => T; readonly unknown: (why: Away) => T }

/** So long the state that was seen last is worth telling; then an error is more honest. */
const HONEST_MS = 30 * 60_000
/** Whoever asked nothing for longer does not know that it was away all the time: tasks are asked about every few seconds. */
const ONE_ABSENCE_MS = 5 * 60_000
/** Engines forget a task some time after its end; so does this, when it has met so many others since. */
const MOST = 50_000

/**
 * Answers while nothing can be learned from the OpCenter: what was last seen of each thing. An engine counts errors and
 * forgives none, so that a restart of the OpCenter, a new certificate or a changed password would fail its tasks for good.
 */
export class LastKnown<T> {
  readonly #seen = new Map<string, T>()
  readonly #now: () => number
  #awaySince: number | undefined
  #failedAt = -Infinity

  constructor(now: () => number) {
    this.#now = now
  }

  /** `ask`, or while that fails what was seen last, changed by `away`; where nothing was seen yet, `unknown`. */
  async answer(key: string, ask: () => Promise<T>, { away, unknown }: WhileAway<T>): Promise<T> {
    try {
      const found = await ask()
      this.#awaySince = undefined
      this.#remember(key, found)
      return found
    } catch (error) {
      if (isAboutTheThing(error)) throw error
      const now = this.#now()
      if (now - this.#failedAt > ONE_ABSENCE_MS) this.#awaySince = undefined
      this.#failedAt = now
      this.#awaySince ??= now
      const forMs = now - this.#awaySince
      if (forMs > HONEST_MS) throw error
      const seen = this.#seen.get(key)
      const why: Away = { forMs, error }
      return seen === undefined ? unknown(why) : away(seen, why)
    }
  }

  forget(key: string): void {
    this.#seen.delete(key)
  }

  #remember(key: string, found: T): void {
    this.#seen.delete(key)
    this.#seen.set(key, found)
    if (this.#seen.size <= MOST) return
    const [oldest] = this.#seen.keys()
    if (oldest !== undefined) this.#seen.delete(oldest)
  }
}

/** An answer, if a bad one: there is no such thing, or it is somebody else's. */
const isAboutTheThing = (error: unknown): boolean =>
  error instanceof UserError && ['notFound', 'forbidden', 'invalidArgument'].includes(error.kind)
