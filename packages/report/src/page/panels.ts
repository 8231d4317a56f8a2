import { counted } from '../words.ts'
import type { JobStory } from '../job-story.ts'
import { gib } from '../key-figures.ts'
import { column, peak, summed } from '../usage-columns.ts'
import { memoryUnit, PERCENT, rateUnit, type Unit } from './scale.ts'
import { capacitySteps, scaled, type Step } from './steps.ts'
import type { Timeline } from './timeline.ts'

/** A row of values and how it is drawn: `area` from the row below it (or from 0), `line`, `envelope` around the first. */
export type PanelSeries = {
  readonly key: string
  readonly name: string
  readonly kind: 'area' | 'line' | 'envelope'
  readonly values: readonly (number | null)[]
  /** Of an area: what it stands on. */
  readonly base?: readonly (number | null)[]
}

/**
 * A level to compare with: a capacity, a threshold of the policy, a bound the job was submitted with. Without steps it lies
 * above the picture and is only named.
 */
export type Level = {
  readonly key: 'capacity' | 'threshold' | 'asked'
  readonly name: string
  readonly steps: readonly Step[]
}

export type Panel = {
  readonly key: string
  readonly title: string
  readonly note: string
  readonly height: number
  readonly unit: Unit
  readonly most: number
  readonly series: readonly PanelSeries[]
  readonly levels: readonly Level[]
}

const GIB = 2 ** 30
/** Less a second is noise, and should look like it. */
const LEAST_RATE = 64 * 1024

/** The graphs of a job, top to bottom. */
export const panelsOf = (story: JobStory, timeline: Timeline): readonly Panel[] => {
  const stall = stallPanel(story)
  return [
    cpuPanel(story, timeline),
    memoryPanel(story, timeline),
    ...(stall ? [stall] : []),
    ratePanel(story, 'disk', 'Disk', ['diskReadRate', 'read'], ['diskWriteRate', 'written']),
    ratePanel(story, 'net', 'Network', ['netInRate', 'in'], ['netOutRate', 'out']),
  ]
}

const cpuPanel = (story: JobStory, timeline: Timeline): Panel => {
  const { usage, job } = story
  const capacity = scaled(
    capacitySteps(usage, timeline, 'capacityCpu', ({ machine }) => machine.cpu),
    100,
  )
  const series: PanelSeries[] = [
    ...envelope(story, 'cpuPercentMax', 'cpuPercent'),
    { key: 'cpu', name: 'CPU', kind: 'line', values: column(usage, 'cpuPercent') },
  ]
  const most = mostOf(series, capacity)
  return {
    key: 'cpu',
    title: 'CPU',
    note: '100 % = one core',
    height: 150,
    unit: PERCENT,
    most,
    series,
    levels: [
      {
        key: 'capacity',
        name: `has ${counted((capacity.at(-1)?.value ?? 0) / 100, 'core')}`,
        steps: capacity,
      },
      ...thresholds(job.migratePolicy.cpu, capacity),
      ...asked(timeline, job.cpu, job.cpuMax, 100, most),
    ],
  }
}

const memoryPanel = (story: JobStory, timeline: Timeline): Panel => {
  const { usage, job } = story
  const capacity = capacitySteps(usage, timeline, 'capacityMemBytes', ({ machine }) => machine.memGB * GIB)
  const memory = column(usage, 'memBytes')
  const swap = column(usage, 'swapBytes')
  const withSwap = summed([memory, swap]).map((value, at) => (swap[at] ? value : null))
  const series: PanelSeries[] = [
    { key: 'mem', name: 'memory', kind: 'area', values: memory },
    ...(peak(swap) > 0
      ? [
          {
            key: 'swap',
            name: 'in swap, on top of it',
            kind: 'area' as const,
            values: withSwap,
            base: memory,
          },
        ]
      : []),
    { key: 'cache', name: 'page cache', kind: 'line', values: column(usage, 'cacheBytes') },
  ]
  const most = mostOf(series, capacity)
  return {
    key: 'memory',
    title: 'Memory',
    note: '',
    height: 190,
    unit: memoryUnit(most),
    most,
    series,
    levels: [
      { key: 'capacity', name: `has ${gib(capacity.at(-1)?.value ?? 0)}`, steps: capacity },
      ...thresholds(job.migratePolicy.mem, capacity),
      ...asked(timeline, job.memGB, job.memGBMax, GIB, most),
    ],
  }
}

/** Only where something stalled: on most jobs it would be an empty line. */
const stallPanel = ({ usage }: JobStory): Panel | undefined => {
  const values = column(usage, 'memStallPercent')
  if (peak(values) < 1) return undefined
  return {
    key: 'stall',
    title: 'Waiting for memory',
    note: 'share of the time in which some process stalled',
    height: 56,
    unit: PERCENT,
    most: 100,
    series: [{ key: 'stall', name: '', kind: 'area', values }],
    levels: [],
  }
}

const ratePanel = (
  { usage }: JobStory,
  key: string,
  title: string,
  ...[first, second]: readonly (readonly [
    'diskReadRate' | 'diskWriteRate' | 'netInRate' | 'netOutRate',
    string,
  ])[]
): Panel => {
  const series = [first, second].flatMap((each, index): PanelSeries[] =>
    each ? [{ key: `rate${index}`, name: each[1], kind: 'line', values: column(usage, each[0]) }] : [],
  )
  const most = Math.max(LEAST_RATE, mostOf(series, []))
  return {
    key,
    title,
    note: '',
    height: 64,
    unit: rateUnit(most),
    most,
    series,
    levels: [],
  }
}

/** Points of more than a second are means: what they hide is shown around them. */
const envelope = ({ usage }: JobStory, maxima: 'cpuPercentMax', means: 'cpuPercent'): PanelSeries[] =>
  usage.stepMs > 1000
    ? [
        {
          key: 'envelope',
          name: 'peaks within a step',
          kind: 'envelope',
          values: column(usage, maxima),
          base: column(usage, means),
        },
      ]
    : []

type DimensionPolicy = JobStory['job']['migratePolicy']['cpu']

/** Ratios of what it has; none where the dimension is switched off. */
const thresholds = (policy: DimensionPolicy, capacity: readonly Step[]): readonly Level[] =>
  policy.disable
    ? []
    : [
        {
          key: 'threshold',
          name: `up ${policy.upperBoundRatio} %`,
          steps: scaled(capacity, policy.upperBoundRatio / 100),
        },
        {
          key: 'threshold',
          name: `down ${policy.lowerBoundRatio} %`,
          steps: scaled(capacity, policy.lowerBoundRatio / 100),
        },
      ]

/** A maximum far above all that was used would flatten the picture: it is named, not drawn. */
const asked = (
  { from, to }: Timeline,
  min: number,
  max: number | undefined,
  size: number,
  most: number,
): readonly Level[] =>
  [
    ['asked min', min],
    ['asked max', max],
  ].flatMap(([name, value]): Level[] => {
    if (typeof value !== 'number') return []
    return value * size <= most * 1.6
      ? [{ key: 'asked', name: `${name} ${value}`, steps: [{ from, to, value: value * size }] }]
      : [{ key: 'asked', name: `${name} ${value} ↑`, steps: [] }]
  })

const mostOf = (series: readonly PanelSeries[], capacity: readonly Step[]): number =>
  Math.max(0, ...series.map(({ values }) => peak(values)), ...capacity.map(({ value }) => value))
