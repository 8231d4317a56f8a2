/** So many wrong passwords from one address within the window; then it has to wait. Right ones are never counted. */
const LIMIT = 10
const WINDOW_MS = 60_000

/** Slows down who guesses passwords; in memory only. */
export class FailedLogins {
  readonly #failures = new Map<string, number[]>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  mustWait(address: string): boolean {
    return this.#recent(address).length >= LIMIT
  }

  /** One more from this address, wrong until it turns out to be right. */
  guess(address: string): { wasRight(): void } {
    const at = this.#now()
    // Addresses that never come back are forgotten too.
    for (const known of this.#failures.keys()) this.#recent(known)
    this.#failures.set(address, [...this.#recent(address), at])
    return {
      wasRight: () => {
        const recent = this.#recent(address)
        const one = recent.indexOf(at)
        if (one >= 0) this.#failures.set(address, recent.toSpliced(one, 1))
      },
    }
  }

  #recent(address: string): number[] {
    const recent = (this.#failures.get(address) ?? []).filter((at) => at > this.#now() - WINDOW_MS)
    if (recent.length === 0) this.#failures.delete(address)
    return recent
  }
}
