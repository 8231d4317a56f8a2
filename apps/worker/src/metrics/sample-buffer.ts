import { isDeepStrictEqual } from 'node:util'
import type { Sample } from '@mmcloud/domain'
import { mergeSamples } from './merge-samples.ts'
import { type Segment, Segments } from './segments.ts'

/** A quarter of an hour; also what is kept in memory at most, and what one batch may hold. */
export const SEGMENT_SAMPLES = 1000
/** A day, kept as it was measured: some 30 MB. */
export const RAW_SEGMENTS = 86
/** Beyond that means, a tenth of the size, until a week is full; then the oldest are lost. */
const MEAN_SPAN_MS = 10_000
export const ALL_SEGMENTS = 7 * RAW_SEGMENTS

/** Samples of one segment, on their way. */
export type Batch = { readonly segment: number; readonly samples: readonly Sample[] }

/**
 * Samples until they are acknowledged, on the job's volume: whoever mounts that next delivers them. What is acknowledged at
 * once is never written: the disk of an idle job stays quiet. Where the disk takes nothing, the newest are kept in memory.
 * A sample may be delivered twice, by a worker and by the one after it.
 */
export class SampleBuffer {
  readonly #segments: Segments
  readonly #log: (message: string) => void
  /** Oldest first, on the disk only. */
  #older: Segment[]
  /** What is being filled; its samples are in memory too, the last `#unwritten` only there. */
  #filling: Segment
  #newest: Sample[] = []
  #unwritten = 0
  /** Lines of its file, acknowledged or not: it is full by these, however soon each sample is acknowledged. */
  #lines = 0
  /** The last acknowledged sample of a segment that is still there. */
  readonly #acknowledged = new Map<number, Sample>()
  #onItsWay: number | undefined
  #diskRefuses = false

  constructor(directory: string, log: (message: string) => void) {
    this.#segments = new Segments(directory)
    this.#log = log
    this.#older = this.#segments.list()
    this.#filling = { number: (this.#older.at(-1)?.number ?? 0) + 1, kind: 'raw' }
    this.#goOnFilling()
  }

  /** Takes a sample into memory; `keep` makes it outlive this process. */
  add(sample: Sample): void {
    this.#newest.push(sample)
    this.#unwritten += 1
    if (this.#newest.length < SEGMENT_SAMPLES) return
    this.keep()
    if (this.#newest.length < SEGMENT_SAMPLES) return
    if (this.#unwritten < this.#newest.length) this.#beginSegment()
    else {
      this.#newest.shift()
      this.#unwritten -= 1
    }
  }

  /** Writes what is in memory only. A disk that is full is told once, and tried again the next time. */
  keep(): void {
    if (this.#unwritten === 0) return
    try {
      this.#segments.append(this.#filling, this.#newest.slice(-this.#unwritten))
      this.#lines += this.#unwritten
      this.#unwritten = 0
      this.#diskRefuses = false
      if (this.#lines >= SEGMENT_SAMPLES) this.#beginSegment()
    } catch (error) {
      if (!this.#diskRefuses) this.#log(`samples cannot be kept on the job's disk: ${String(error)}`)
      this.#diskRefuses = true
    }
  }

  /** The oldest that are not acknowledged. */
  oldest(): Batch | undefined {
    for (const segment of this.#older) {
      const samples = this.#rest(segment)
      if (samples.length > 0) return this.#lend(segment, samples.slice(0, SEGMENT_SAMPLES))
      this.#remove(segment)
    }
    return this.#newest.length > 0 ? this.#lend(this.#filling, [...this.#newest]) : undefined
  }

  /** They are durable elsewhere. */
  acknowledged({ segment, samples }: Batch): void {
    const last = samples.at(-1)
    if (!last) return
    this.#onItsWay = undefined
    this.#acknowledged.set(segment, last)
    // A sample of the segment being filled is in memory, unless it was forgotten or the segment is full since.
    this.#newest.splice(0, this.#newest.lastIndexOf(last) + 1)
    this.#unwritten = Math.min(this.#unwritten, this.#newest.length)
    if (this.#newest.length > 0) return
    this.#remove(this.#filling)
    this.#lines = 0
  }

  /** A segment that a worker before this one has begun. */
  #goOnFilling(): void {
    const last = this.#older.at(-1)
    const samples = last?.kind === 'raw' ? this.#segments.read(last) : []
    if (!last || samples.length === 0 || samples.length >= SEGMENT_SAMPLES) return
    this.#older.pop()
    this.#filling = last
    this.#newest = samples
    this.#lines = samples.length
  }

  /** What is written stays on the disk; what could not be written stays in memory. */
  #beginSegment(): void {
    this.#older.push(this.#filling)
    this.#newest = this.#unwritten === 0 ? [] : this.#newest.slice(-this.#unwritten)
    this.#filling = { number: this.#filling.number + 1, kind: 'raw' }
    this.#lines = 0
    for (const segment of this.#raw().slice(0, -RAW_SEGMENTS)) this.#merge(segment)
    for (const segment of this.#older.slice(0, -ALL_SEGMENTS)) this.#remove(segment)
  }

  #raw(): Segment[] {
    return this.#older.filter(({ kind }) => kind === 'raw')
  }

  /** What may have been received as it was measured stays so, or its means would say it twice. */
  #merge(segment: Segment): void {
    if (this.#onItsWay === segment.number || this.#acknowledged.has(segment.number)) return
    try {
      const means = mergeSamples(this.#segments.read(segment), MEAN_SPAN_MS)
      const merged = this.#segments.replaceByMeans(segment, means)
      this.#older = this.#older.map((each) => (each === segment ? merged : each))
    } catch (error) {
      this.#log(`samples could not be merged: ${String(error)}`)
    }
  }

  /** All of a segment but what is acknowledged. */
  #rest(segment: Segment): Sample[] {
    const samples = this.#segments.read(segment)
    const last = this.#acknowledged.get(segment.number)
    return last ? samples.slice(samples.findLastIndex((each) => isDeepStrictEqual(each, last)) + 1) : samples
  }

  #lend({ number }: Segment, samples: readonly Sample[]): Batch {
    this.#onItsWay = number
    return { segment: number, samples }
  }

  #remove(segment: Segment): void {
    this.#segments.remove(segment)
    this.#acknowledged.delete(segment.number)
    this.#older = this.#older.filter((each) => each !== segment)
  }
}
