import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { sampleSchema } from '@mmcloud/contract'
import type { Sample } from '@mmcloud/domain'

/** A file of samples: as they were measured, or means over a longer time. */
export type Segment = { readonly number: number; readonly kind: 'raw' | 'mean' }

/**
 * Files of samples in one directory, in the order of their numbers. A line is a sample; nothing is synced, since only a
 * crash of the whole instance could lose what was written. A line that was torn is as if it had never been written.
 */
export class Segments {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Oldest first. */
  list(): Segment[] {
    const found = this.#names().flatMap((name) => {
      const [, number, kind] = /^(\d+)\.(raw|mean)$/.exec(name) ?? []
      return kind === 'raw' || kind === 'mean' ? [{ number: Number(number), kind } as const] : []
    })
    // Means are whole once they have their name; what they were made of should be gone.
    const means = new Set(found.filter(({ kind }) => kind === 'mean').map(({ number }) => number))
    const replaced = found.filter(({ kind, number }) => kind === 'raw' && means.has(number))
    for (const segment of replaced) this.remove(segment)
    return found.filter((segment) => !replaced.includes(segment)).toSorted((a, b) => a.number - b.number)
  }

  read(segment: Segment): Sample[] {
    let text: string
    try {
      text = readFileSync(this.#path(segment), 'utf8')
    } catch {
      return []
    }
    return text.split('\n').flatMap((line) => parsed(line))
  }

  /** A line begins with the end of the one before it, so that it is whole though that one was torn. */
  append(segment: Segment, samples: readonly Sample[]): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    appendFileSync(this.#path(segment), samples.map((sample) => `\n${JSON.stringify(sample)}`).join(''))
  }

  /** Puts means of its samples in place of a segment. */
  replaceByMeans(segment: Segment, means: readonly Sample[]): Segment {
    const merged = { number: segment.number, kind: 'mean' } as const
    const unfinished = `${this.#path(merged)}.new`
    writeFileSync(unfinished, means.map((sample) => `\n${JSON.stringify(sample)}`).join(''))
    renameSync(unfinished, this.#path(merged))
    this.remove(segment)
    return merged
  }

  /** A segment that cannot be removed is delivered once more by the next worker. */
  remove(segment: Segment): void {
    try {
      rmSync(this.#path(segment), { force: true })
    } catch {
      // A full disk may refuse even that.
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory)
    } catch {
      return []
    }
  }

  #path({ number, kind }: Segment): string {
    return `${this.#directory}/${number}.${kind}`
  }
}

const parsed = (line: string): Sample[] => {
  if (line === '') return []
  try {
    return [sampleSchema.parse(JSON.parse(line)) as Sample]
  } catch {
    return []
  }
}
