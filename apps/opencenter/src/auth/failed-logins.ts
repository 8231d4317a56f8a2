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

  failed(address: string): void {
    this.#failures.set(address, [...this.#recent(address), this.#now()])
  }

  #recent(address: string): number[] {
    const recent = (this.#failures.get(address) ?? []).filter((at) => at > this.#now() - WINDOW_MS)
    if (recent.length === 0) this.#failures.delete(address)
    return recent
  }
}
