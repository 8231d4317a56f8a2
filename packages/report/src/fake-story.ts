import type { EventView, JobInstance, Migration, SampleSeries, Usage } from '@mmcloud/contract'
import { aJob, JOB_ID } from './fake-job.ts'
import type { JobStory } from './job-story.ts'

/** A stay on one instance: from the first second to the last but one in which the program ran there. */
export type Stay = {
  readonly type: string
  readonly cpu: number
  readonly memGB: number
  readonly market: 'spot' | 'onDemand'
  readonly pricePerHour: number
  readonly from: number
  readonly to: number
}

export type Plot = {
  readonly stays: readonly Stay[]
  /** Why it left each stay but the last, with the sentence. */
  readonly why: readonly (readonly [Migration['trigger'], string])[]
  readonly stepSeconds: number
  /** Cores, GiB of the program, MiB/s read: wanted at a second, however much there is. */
  readonly wants: (second: number) => { readonly cores: number; readonly gib: number; readonly reads: number }
}

const BEGIN = Date.parse('2026-11-23T05:30:00Z')
const GIB = 2 ** 30
const MIB = 2 ** 20
const at = (second: number): string => new Date(BEGIN + Math.round(second * 1000)).toISOString()

/** A job whose samples, moves, instances and events fit together, as an OpCenter would tell them. */
export const storyOf = (plot: Plot, changes: Partial<JobStory['job']> = {}): JobStory => {
  const { stays, stepSeconds } = plot
  const end = stays.at(-1)?.to ?? 0
  const paid = stays.reduce((sum, stay) => sum + costOf(stay), 0)
  const others = { allOnDemand: paid * 3.1, largestFromTheStart: paid * 5.2 }
  return {
    job: aJob({
      status: 'Completed',
      category: 'success',
      workingHost: '',
      submitTime: at(-12).replace(/\.\d+/, ''),
      startTime: at(0).replace(/\.\d+/, ''),
      endTime: at(end).replace(/\.\d+/, ''),
      execTime: '9m2s',
      duration: '9m14s',
      rc: '0',
      instanceType: stays.at(-1)?.type ?? '',
      cpu: 1,
      cpuMax: 4,
      memGB: 1,
      memGBMax: 8,
      ...changes,
    }),
    instances: stays.map(instanceOf),
    migrations: plot.why.map(([trigger, reason], index) => moveOf(stays, index, trigger, reason)),
    events: eventsOf(plot),
    cost: {
      id: JOB_ID,
      name: changes.name ?? 'python-abc123-m5.large',
      total: paid,
      spot: sumOf(stays, 'spot'),
      onDemand: sumOf(stays, 'onDemand'),
      volumes: paid * 0.02,
      ...others,
      savedAgainstOnDemand: others.allOnDemand - paid,
      savedAgainstLargest: others.largestFromTheStart - paid,
      ...(end > 30
        ? {
            hint: {
              flags: '--cpu 1:2 --mem 2:8',
              reason:
                'it used 0.9 cores half of the time and up to 1.8 for 95 % of it, 1.4 GiB of memory half of the time and 5.9 GiB at most',
              cpu: { min: 1, max: 2 },
              memGB: { min: 2, max: 8 },
            },
          }
        : {}),
    },
    usage: usageOf(plot, stepSeconds),
    now: BEGIN + end * 1000 + 90_000,
  }
}

const costOf = ({ pricePerHour, from, to }: Stay): number => (pricePerHour * (to - from)) / 3600
const sumOf = (stays: readonly Stay[], market: Stay['market']): number =>
  stays.filter((stay) => stay.market === market).reduce((sum, stay) => sum + costOf(stay), 0)

const machineOf = (stay: Stay, index: number) => ({
  instance: `i-${index + 1}`,
  instanceType: stay.type,
  cpu: stay.cpu,
  memGB: stay.memGB,
  market: stay.market,
  pricePerHour: stay.pricePerHour,
})

const words = ({ type, cpu, memGB, market }: Stay): string =>
  `${type} (${cpu}Core${memGB}GB/${market === 'spot' ? 'Spot' : 'OnDemand'})`

const instanceOf = (stay: Stay, index: number): JobInstance => ({
  ...machineOf(stay, index),
  state: 'gone',
  requestTime: at(stay.from - 6),
  readyTime: at(stay.from - 4),
  endTime: at(stay.to + 2),
  cost: costOf(stay),
})

const moveOf = (
  stays: readonly Stay[],
  index: number,
  trigger: Migration['trigger'],
  reason: string,
): Migration => {
  const [source, target] = [stays[index] as Stay, stays[index + 1] as Stay]
  const standStillMs = Math.round((target.from - source.to) * 1000)
  const policy = trigger.startsWith('policy') || trigger === 'evadeOOM'
  return {
    id: `w-${index + 1}`,
    trigger,
    reason,
    rule: trigger === 'evadeOOM' ? 'evadeOOM' : policy ? 'mem.upperBoundRatio' : '',
    numbers: policy
      ? { measured: 96, threshold: 90, heldSeconds: 30, from: words(source), to: words(target) }
      : {},
    from: words(source),
    to: words(target),
    source: machineOf(source, index),
    target: machineOf(target, index + 1),
    alternatives: policy ? ALTERNATIVES : [],
    startTime: at(source.to - 5),
    endTime: at(target.from),
    phases: {
      decide: policy ? 30_400 : 0,
      launch: 1840,
      freeze: 14,
      dump: Math.round(standStillMs * 0.42),
      handOver: Math.round(standStillMs * 0.23),
      restore: standStillMs - 14 - Math.round(standStillMs * 0.42) - Math.round(standStillMs * 0.23),
    },
    bytes: source.memGB * 0.9 * GIB,
    standStillMs,
    cost: 0.000_021 * (index + 1),
    savingPerHour: source.pricePerHour - target.pricePerHour,
    outcome: 'done',
  }
}

const other = (
  instanceType: string,
  cpu: number,
  memGB: number,
  market: 'spot' | 'onDemand',
  pricePerHour: number,
  rejected: string,
) => ({ instanceType, cpu, memGB, market, pricePerHour, rejected })

const ALTERNATIVES: Migration['alternatives'] = [
  other('t3.micro', 2, 1, 'spot', 0.0031, 'too little memory: 1 GB of 2'),
  other('t3a.large', 2, 8, 'spot', 0.0251, 'dearer'),
  other('m5.large', 2, 8, 'spot', 0.0352, 'its processors lack avx512f, avx512_vnni'),
  other('t3.medium', 2, 4, 'onDemand', 0.0416, 'on demand, while there is spot capacity'),
  other('r5.4xlarge', 16, 128, 'spot', 0.3021, 'could not be saved there within a notice of 120 s'),
]

const eventsOf = ({ stays, why }: Plot): EventView[] => {
  const lines: [number, EventView['from'], EventView['to'], string, string][] = [
    [-12, 'Submitted', 'Submitted', 'submitted', 'accepted: 1 vCPU, 1 GB, spotFirst'],
  ]
  stays.forEach((stay, index) => {
    const on = `${stay.type} (${stay.market})`
    if (index === 0)
      lines.push([
        stay.from,
        'Starting',
        'Executing',
        'started',
        `the program runs: image 210 ms, container 95 ms`,
      ])
    else
      lines.push([
        stay.from,
        'Floating',
        'Executing',
        'restored',
        `goes on, on ${on}: stood still ${(stay.from - (stays[index - 1]?.to ?? 0)).toFixed(1)} s (restore 0.4 s)`,
      ])
    const reason = why[index]
    if (!reason) return
    lines.push([stay.to - 5, 'Executing', 'Executing', reason[0], reason[1]])
    lines.push([
      stay.to,
      'Executing',
      'Floating',
      'saved',
      `frozen and saved as checkpoint ${index + 1}: ${stay.memGB * 900} MiB, dump 0.8 s`,
    ])
  })
  const end = stays.at(-1)?.to
  if (end !== undefined)
    lines.push([end, 'Executing', 'Completed', 'exited', 'ended by itself with exit code 0'])
  return lines.map(([second, from, to, reason, sentence], index) => ({
    seq: index + 1,
    at: at(second),
    from,
    to,
    reason,
    numbers: {},
    sentence,
  }))
}

/** Between 0 and 1, the same every time. */
const noise = (seed: number): number => {
  const x = Math.sin(seed * 127.1 + 311.7) * 43_758.5453
  return x - Math.floor(x)
}

const usageOf = ({ stays, wants }: Plot, stepSeconds: number): Usage => {
  const rows = stays.flatMap((stay) => {
    const count = Math.max(0, Math.floor((stay.to - stay.from) / stepSeconds))
    return Array.from({ length: count }, (_, index) => row(stay, stay.from + index * stepSeconds, wants))
  })
  const names = Object.keys(rows[0]?.values ?? {}) as SampleSeries[]
  return {
    stepMs: stepSeconds * 1000,
    at: rows.map(({ second }) => BEGIN + Math.round(second * 1000)),
    series: Object.fromEntries(
      names.map((name) => [name, rows.map(({ values }) => values[name])]),
    ) as Usage['series'],
  }
}

const row = (stay: Stay, second: number, wants: Plot['wants']) => {
  const want = wants(second)
  const capacity = stay.memGB * GIB * 0.95
  const cpu = Math.min(stay.cpu * 100, want.cores * 100 * (0.92 + 0.16 * noise(second)))
  const wanted = want.gib * GIB * (1 + 0.004 * noise(second + 7))
  const memBytes = Math.min(wanted, capacity)
  const swapBytes = Math.max(0, wanted - capacity)
  const values: Record<SampleSeries, number> = {
    cpuPercent: cpu,
    cpuPercentMax: Math.min(stay.cpu * 100, cpu * 1.15),
    memBytes,
    memBytesMax: Math.min(capacity, memBytes * 1.03),
    cacheBytes: Math.max(0, Math.min(capacity - memBytes, 0.4 * GIB + 0.1 * GIB * noise(second / 9))),
    swapBytes,
    swapInRate: swapBytes > 0 ? 18 * MIB * noise(second) : 0,
    swapOutRate: swapBytes > 0 ? 46 * MIB * noise(second + 3) : 0,
    memStallPercent: swapBytes > 0 ? 15 + 50 * noise(second + 2) : 0,
    diskReadRate: want.reads * MIB * (0.7 + 0.6 * noise(second + 1)),
    diskWriteRate: 0.8 * MIB * noise(second + 4),
    netInRate: 0.2 * MIB * noise(second + 5),
    netOutRate: 0.05 * MIB * noise(second + 6),
    processes: 3,
    capacityCpu: stay.cpu,
    capacityMemBytes: capacity,
    capacitySwapBytes: 8 * GIB,
  }
  return { second, values }
}

/** What the OpCenter answers about it. */
export const answersOf = ({
  job,
  instances,
  migrations,
  events,
  cost,
  usage,
}: JobStory): Readonly<Record<string, { readonly body: unknown }>> => ({
  [`GET /api/v1/jobs/${job.id}`]: { body: job },
  [`GET /api/v1/jobs/${job.id}/instances`]: { body: { instances } },
  [`GET /api/v1/jobs/${job.id}/migrations`]: { body: { migrations } },
  [`GET /api/v1/jobs/${job.id}/events`]: { body: { events } },
  [`GET /api/v1/jobs/${job.id}/cost`]: { body: cost },
  [`GET /api/v1/jobs/${job.id}/samples`]: { body: usage },
})
