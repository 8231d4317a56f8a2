/** Something that saves a running program with its memory and lets it go on: the product, or what it is measured beside. */
export type Peer = AsyncDisposable & {
  /** As a row of the table names it. */
  readonly name: string
  /** Saves the program and lets it go on once; answers with the seconds it stood still, as itself saw it. */
  readonly standStill: () => Promise<number>
}
