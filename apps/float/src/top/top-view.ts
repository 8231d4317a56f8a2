import picocolors from 'picocolors'
import type { JobStory } from '@mmcloud/report/job-story'
import { localSecond } from '@mmcloud/report/local-time'
import { formatSpan } from '@mmcloud/report/measures'
import { policyInShort } from '@mmcloud/report/policy-lines'
import { latest } from '@mmcloud/report/usage-columns'
import { counted, marketWord, plainText, shortened, usd } from '@mmcloud/report/words'
import { gaugesOf } from './resources.ts'
import { bar, sparkline } from './gauges.ts'
import { RECENT_MS } from './recent-usage.ts'

export const LAST_EVENTS = 5
const LABEL = 9
const MIB = 2 ** 20
/** Samples come every second; without one for so long, what is shown is of before. */
const STALE_MS = 3000
/** In these a job is frozen, or nowhere, for some of the time. */
const STANDS_STILL: ReadonlySet<string> = new Set([
  'Capturing',
  'Floating',
  'Suspending',
  'Suspended',
  'Resuming',
])
/** What the last minutes are. */
const SPANS = [60_000, 120_000, RECENT_MS]

/** What a job uses now, as lines of at most `columns` letters. `notice` is said at the end. */
export const topView = (
  story: JobStory,
  columns: number,
  coloured: boolean,
  notice = '',
): readonly string[] => {
  const paint = picocolors.createColors(coloured)
  const { job } = story
  const state = job.category === 'running' ? paint.green : job.category === 'failed' ? paint.red : paint.cyan
  const clock = localSecond(story.now)
  const name = shortened(plainText(job.name), Math.max(8, columns - clock.length - job.status.length - 6))
  const gap = ' '.repeat(Math.max(1, columns - name.length - job.status.length - clock.length - 2))
  const cut = (line: string): string => shortened(plainText(line), columns)
  return [
    `${paint.bold(name)}  ${state(job.status)}${gap}${paint.dim(clock)}`,
    ...packed(headFacts(story), columns),
    '',
    ...gaugeLines(story, columns, paint),
    ...packed(figures(story), columns),
    '',
    ...packed(policyInShort(job.migratePolicy), columns - LABEL).map(
      (line, index) => `${paint.dim((index === 0 ? 'Policy' : '').padEnd(LABEL))}${line}`,
    ),
    '',
    ...story.events.slice(-LAST_EVENTS).map(({ at, sentence }) => {
      const line = cut(`${localSecond(Date.parse(at))}  ${sentence}`)
      return `${paint.dim(line.slice(0, 8))}${line.slice(8)}`
    }),
    ...(notice === '' ? [] : ['', paint.dim(cut(notice))]),
  ]
}

const headFacts = ({ job, instances, migrations, cost }: JobStory): readonly string[] => {
  const done = migrations.filter(({ outcome }) => outcome === 'done')
  const host = instances.findLast(({ state }) => state !== 'gone')
  const still = done.reduce(
    (ms, { trigger, standStillMs }) => ms + (trigger === 'resume' ? 0 : standStillMs),
    0,
  )
  return [
    ...(host
      ? [
          host.instanceType,
          counted(host.cpu, 'core'),
          `${host.memGB} GB`,
          marketWord(host.market),
          `${usd(host.pricePerHour)} USD/h`,
        ]
      : ['no instance']),
    `ran ${job.execTime}`,
    `cost ${usd(cost.total)} USD`,
    ...(done.length > 0 ? [`${counted(done.length, 'move')}, stood still ${formatSpan(still)}`] : []),
  ]
}

type Paint = ReturnType<typeof picocolors.createColors>

/** Two lines each: the bar with what is used of what, the last minutes with what was asked for. */
const gaugeLines = (story: JobStory, columns: number, paint: Paint): readonly string[] => {
  const width = Math.max(10, Math.min(60, Math.floor((columns - LABEL) * 0.48)))
  const room = Math.max(0, columns - LABEL - width - 2)
  const { at, stepMs } = story.usage
  const to = (at.at(-1) ?? story.now) + stepMs
  // A young job fills its line too.
  const spanMs = SPANS.find((span) => to - (at[0] ?? to) <= span) ?? RECENT_MS
  return gaugesOf(story).flatMap(({ name, now, points, capacity, bounds, used, aside, tense }) => {
    const drawn = bar(capacity > 0 ? now / capacity : 0, width, bounds)
    const colour = tense ? paint.yellow : paint.green
    return [
      `${paint.bold(name.padEnd(LABEL))}${colour(drawn)}  ${shortened(used, room)}`,
      `${' '.repeat(LABEL)}${paint.cyan(sparkline(points, to, spanMs, width, capacity))}  ${paint.dim(shortened(aside, room))}`,
    ]
  })
}

const figures = ({ usage, job, now }: JobStory): readonly string[] => {
  const rate = (name: 'diskReadRate' | 'diskWriteRate' | 'netInRate' | 'netOutRate'): string =>
    ((latest(usage, name) ?? 0) / MIB).toFixed(1)
  const stall = latest(usage, 'memStallPercent')
  const newest = usage.at.at(-1)
  if (newest === undefined) return ['nothing is measured yet']
  const silentMs = now - newest - usage.stepMs
  if (job.category === 'running' && silentMs > STALE_MS)
    return [
      `not measured for ${Math.round(silentMs / 1000)} s`,
      STANDS_STILL.has(job.status) ? 'it stands still: saved, moved or brought back' : 'its worker is silent',
    ]
  return [
    ...(stall === undefined ? [] : [`waits for memory ${Math.round(stall)} %`]),
    `disk read ${rate('diskReadRate')}, write ${rate('diskWriteRate')} MiB/s`,
    `net in ${rate('netInRate')}, out ${rate('netOutRate')} MiB/s`,
    `${Math.round(latest(usage, 'processes') ?? 0)} processes`,
  ]
}

/** As many to a line as fit, with a dot between. */
const packed = (parts: readonly string[], columns: number): readonly string[] => {
  const lines: string[] = []
  for (const part of parts) {
    const longer = `${lines.at(-1)} · ${part}`
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer
    else lines.push(shortened(part, columns))
  }
  return lines
}
