import type { Sample } from '@mmcloud/domain'
import { SHORTEST_SPAN_MS, sampleBetween } from './sample-between.ts'
import type { Capacity, Reading, Usage } from './usage.ts'

/** What is measured: the disks of a program and what it can have. */
export type Program = { readonly capacity: Capacity; readonly devices: readonly string[] }

export type SamplerDeps = {
  /** The program, while it runs and is not being saved. */
  readonly program: () => Program | undefined
  readonly readUsage: (devices: readonly string[]) => Usage | undefined
  readonly now: () => Omit<Reading, 'usage'>
  readonly measured: (sample: Sample) => void
}

/**
 * Measures what the program uses in the stretches of time in which it runs. A stretch ends before the program is frozen and
 * the next begins after it was thawed or restored, so that no span reaches over time in which it could not run.
 */
export class Sampler {
  readonly #deps: SamplerDeps
  /** The program of the present stretch, and the last reading in it. */
  #program: Program | undefined
  #before: Reading | undefined

  constructor(deps: SamplerDeps) {
    this.#deps = deps
  }

  /** Once a second. */
  tick(): void {
    if (this.#program && this.#deps.program()) this.#measure(this.#program)
    else this.phaseChanged()
  }

  /** At each change of phase, before anything is done in the new one. */
  phaseChanged(): void {
    const program = this.#deps.program()
    if (program && this.#program) return
    if (program) this.#before = this.#read(program)
    // The last part of a second before it is frozen; of a program that has ended there is nothing to read.
    else if (this.#program) this.#measure(this.#program)
    this.#program = program
  }

  #measure(program: Program): void {
    const after = this.#read(program)
    const before = this.#before
    if (before && after && after.clockMs - before.clockMs < SHORTEST_SPAN_MS) return
    this.#before = after
    const sample = before && after && sampleBetween(before, after, program.capacity)
    if (sample) this.#deps.measured(sample)
  }

  #read({ devices }: Program): Reading | undefined {
    const usage = this.#deps.readUsage(devices)
    return usage && { usage, ...this.#deps.now() }
  }
}
