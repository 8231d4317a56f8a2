import type { SampleSeries } from '@mmcloud/contract'
import type { JobStory } from '@mmcloud/report/job-story'
import { column, latest, peak } from '@mmcloud/report/usage-columns'
import type { Point } from './gauges.ts'

/** One resource as `top` shows it. */
export type Gauge = {
  readonly name: string
  readonly now: number
  readonly points: readonly Point[]
  /** Never 0 where something is measured. */
  readonly capacity: number
  /** Where the policy's bounds lie, as shares of the capacity; none while it is off. */
  readonly bounds: readonly number[]
  /** `1.72 of 1.90 GiB (91 %)` */
  readonly used: string
  /** `asked 1:8 GB, has 2, peak 1.88` */
  readonly aside: string
  /** At or above the upper bound, or swapping. */
  readonly tense: boolean
}

const GIB = 2 ** 30
const MIB = 2 ** 20
/** Where the policy says nothing. */
const USUAL_UPPER = 90

export const gaugesOf = (story: JobStory): readonly Gauge[] => {
  const { job, instances, usage } = story
  const host = instances.findLast(({ state }) => state !== 'gone')
  const cores = latest(usage, 'capacityCpu') ?? host?.cpu ?? 0
  const memory = latest(usage, 'capacityMemBytes') ?? (host?.memGB ?? 0) * GIB
  const { cpu, mem } = job.migratePolicy
  return [
    gauge(story, 'CPU', 'cpuPercent', cores * 100, boundsOf(cpu), {
      used: (now) => `${Math.round(now)} of ${cores * 100} %`,
      aside: (most) =>
        `asked ${asked(job.cpu, job.cpuMax)} cores, ${has(host?.cpu)}, peak ${Math.round(most)} %`,
      tense: (share) => share * 100 >= cpu.upperBoundRatio,
    }),
    gauge(story, 'Memory', 'memBytes', memory, boundsOf(mem), {
      used: (now) =>
        `${inGib(now)} of ${inGib(memory)} GiB${memory > 0 ? ` (${Math.round((now / memory) * 100)} %)` : ''}`,
      aside: (most) =>
        `asked ${asked(job.memGB, job.memGBMax)} GB, ${has(host?.memGB)}, peak ${inGib(most)} GiB`,
      tense: (share) => share * 100 >= (mem.disable ? USUAL_UPPER : mem.upperBoundRatio),
    }),
    swapGauge(story),
  ]
}

const swapGauge = (story: JobStory): Gauge => {
  const { usage } = story
  const capacity = latest(usage, 'capacitySwapBytes') ?? 0
  const rate = (name: SampleSeries): string => ((latest(usage, name) ?? 0) / MIB).toFixed(1)
  return gauge(story, 'Swap', 'swapBytes', capacity, [], {
    used: (now) => `${inGib(now)} of ${inGib(capacity)} GiB`,
    aside: (most) => `in ${rate('swapInRate')}, out ${rate('swapOutRate')} MiB/s, peak ${inGib(most)} GiB`,
    tense: (share) => share > 0,
  })
}

type Words = {
  readonly used: (now: number) => string
  readonly aside: (most: number) => string
  readonly tense: (share: number) => boolean
}

const gauge = (
  { usage }: JobStory,
  name: string,
  series: SampleSeries,
  capacity: number,
  bounds: readonly number[],
  words: Words,
): Gauge => {
  const values = column(usage, series)
  const now = latest(usage, series) ?? 0
  return {
    name,
    now,
    points: values.flatMap((value, index) => (value === null ? [] : [{ at: usage.at[index] ?? 0, value }])),
    capacity,
    bounds,
    used: words.used(now),
    aside: words.aside(peak(values)),
    tense: capacity > 0 && words.tense(now / capacity),
  }
}

const boundsOf = (policy: JobStory['job']['migratePolicy']['cpu']): readonly number[] =>
  policy.disable ? [] : [policy.lowerBoundRatio / 100, policy.upperBoundRatio / 100]

/** `1:4`, `2+` where it is open upwards. */
const asked = (min: number, max: number | undefined): string =>
  max === undefined ? `${min}+` : `${min}:${max}`
const has = (amount: number | undefined): string => (amount === undefined ? 'has none' : `has ${amount}`)
const inGib = (bytes: number): string => (bytes / GIB).toFixed(2)
