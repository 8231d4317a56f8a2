import { aJob } from './fake-job.ts'
import { type Stay, storyOf } from './fake-story.ts'
import type { JobStory } from './job-story.ts'

const stay = (
  type: string,
  cpu: number,
  memGB: number,
  market: Stay['market'],
  pricePerHour: number,
  from: number,
  to: number,
): Stay => ({ type, cpu, memGB, market, pricePerHour, from, to })

const dimension = { ...aJob().migratePolicy.mem, disable: false }

/** Loads more and more, swaps, grows twice; its instance is reclaimed in between. */
export const grewTwice = (): JobStory =>
  storyOf(
    {
      stays: [
        stay('t3.micro', 2, 1, 'spot', 0.0031, 0, 64),
        stay('t3.small', 2, 2, 'spot', 0.0063, 67.4, 170),
        stay('t3a.small', 2, 2, 'spot', 0.0059, 173.1, 248),
        stay('t3.large', 2, 8, 'spot', 0.0251, 252.9, 540),
      ],
      why: [
        [
          'evadeOOM',
          'lives on 64 MiB of swap: moves from t3.micro (2Core1GB/Spot) to t3.small (2Core2GB/Spot), 0.0063 USD/h, before memory runs out',
        ],
        ['reclaim', 'the cloud takes i-2 back in 120 s'],
        [
          'policyMemUp',
          'memory at 96 % for 30 s, the bound is 90 %: moves from t3a.small (2Core2GB/Spot) to t3.large (2Core8GB/Spot), 0.0251 USD/h',
        ],
      ],
      stepSeconds: 1,
      wants: (second) => ({
        cores: second < 400 ? 0.95 : 1.9,
        gib: second < 400 ? 0.2 + second * 0.0136 : 5.6,
        reads: second < 400 ? 22 * (1 + Math.sin(second / 8)) : 0,
      }),
    },
    {
      name: 'flights-by-month',
      migratePolicy: { evadeOOM: true, stepAuto: true, cpu: { ...dimension, disable: true }, mem: dimension },
    },
  )

/** Works hard for ten minutes, then waits; moves down, and up again at the end. */
export const idled = (): JobStory =>
  storyOf(
    {
      stays: [
        stay('c5.2xlarge', 8, 16, 'onDemand', 0.34, 0, 900),
        stay('t3.medium', 2, 4, 'spot', 0.0125, 904, 3000),
        stay('c5.2xlarge', 8, 16, 'spot', 0.1292, 3006, 3600),
      ],
      why: [
        [
          'policyCpuDown',
          'CPU at 3 % for 300 s, the lower bound is 5 %: moves from c5.2xlarge (8Core16GB/OnDemand) to t3.medium (2Core4GB/Spot), 0.0125 USD/h',
        ],
        [
          'policyCpuUp',
          'CPU at 99 % for 30 s, the bound is 90 %: moves from t3.medium (2Core4GB/Spot) to c5.2xlarge (8Core16GB/Spot), 0.1292 USD/h',
        ],
      ],
      stepSeconds: 3,
      wants: (second) => ({
        cores: second < 600 || second > 2960 ? 7.6 : 0.2,
        gib: second < 600 ? 1 + second / 120 : 2.2,
        reads: second < 100 ? 80 : 0.1,
      }),
    },
    {
      name: 'notebook',
      cpuMax: 16,
      memGBMax: 64,
      migratePolicy: { evadeOOM: true, stepAuto: false, cpu: dimension, mem: dimension },
      execTime: '59m50s',
      duration: '1h0m12s',
    },
  )

/** Over before anything could happen. */
export const veryShort = (): JobStory =>
  storyOf(
    {
      stays: [stay('t3.micro', 2, 1, 'spot', 0.0031, 0, 3)],
      why: [],
      stepSeconds: 1,
      wants: () => ({ cores: 0.3, gib: 0.012, reads: 0 }),
    },
    { name: 'hello', execTime: '3s', duration: '15s' },
  )

const HOUR = 3600
const WHY_OF_DAY = [
  ['reclaim', 'the cloud takes its instance back in 120 s'],
  [
    'policyMemUp',
    'memory at 93 % for 30 s, the bound is 90 %: moves from m5.large to m5.xlarge, 0.0712 USD/h',
  ],
  ['lost', 'its instance is gone without notice'],
  ['drill', 'reclaim drill asked by admin: notice 30 s'],
  ['manual', 'asked to move to r5.large'],
] as const

/** Twenty-four hours with a point a minute, eleven moves, two of them close together. */
export const aDay = (): JobStory => {
  const edges = [0, 1.6, 1.7, 4, 6.5, 9, 11, 13.5, 16, 18, 21, 24]
  const types = ['m5.large', 'm5.xlarge', 'r5.large'] as const
  return storyOf(
    {
      stays: edges.slice(1).map((to, index) => {
        const type = types[index % 3] ?? 'm5.large'
        const memGB = type === 'm5.large' ? 8 : 16
        const market = index % 4 === 3 ? 'onDemand' : 'spot'
        return stay(
          type,
          type === 'm5.xlarge' ? 4 : 2,
          memGB,
          market,
          0.03 + index * 0.004,
          (edges[index] ?? 0) * HOUR,
          to * HOUR - 20,
        )
      }),
      why: edges.slice(2).map((_, index) => WHY_OF_DAY[index % WHY_OF_DAY.length] ?? WHY_OF_DAY[0]),
      stepSeconds: 60,
      wants: (second) => ({
        cores: 1.5 + Math.sin(second / 7000) + 0.4 * Math.sin(second / 900),
        gib: 4 + 3 * Math.sin(second / 11_000),
        reads: 3 + 2.5 * Math.sin(second / 3000),
      }),
    },
    {
      name: 'genome-assembly',
      cpuMax: 8,
      memGB: 4,
      memGBMax: 32,
      migratePolicy: {
        evadeOOM: true,
        stepAuto: false,
        cpu: { ...dimension, disable: true },
        mem: dimension,
      },
      execTime: '23h56m40s',
      duration: '24h0m12s',
    },
  )
}

/** Waits for capacity: no instance, no sample. */
export const neverRan = (): JobStory => {
  const {
    rc: _,
    startTime: _start,
    endTime: _end,
    ...waiting
  } = aJob({
    status: 'Submitted',
    category: 'pending',
    workingHost: '',
    instanceType: '',
    name: 'waits',
    duration: '1m42s',
    execTime: '0s',
  })
  return {
    ...storyOf({ stays: [], why: [], stepSeconds: 1, wants: () => ({ cores: 0, gib: 0, reads: 0 }) }),
    job: waiting,
  }
}

export const STORIES = { grewTwice, idled, veryShort, aDay, neverRan } as const
