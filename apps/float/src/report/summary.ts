import { formatDuration } from '@mmcloud/contract/grammar/duration'
import type { JobStory } from '@mmcloud/report/job-story'
import { keyFigures } from '@mmcloud/report/key-figures'
import { localSecond } from '@mmcloud/report/local-time'
import { formatSpan } from '@mmcloud/report/measures'
import { counted, marketWord, plainText, TRIGGER_WORDS, usd, wrapped } from '@mmcloud/report/words'

const WIDTH = 100
const NAME = 22

/** The report for a terminal: the figures, the instances, the moves. */
export const reportSummary = (story: JobStory): string => {
  const { job, cost } = story
  return [
    `${plainText(job.name)} (${job.id})`,
    `${job.status}${job.rc === undefined ? '' : `, exit code ${job.rc}`}; ${job.duration}, of it ${job.execTime} at work`,
    '',
    ...keyFigures(story).map(({ name, value, note }) =>
      `${name.padEnd(NAME)} ${value.padEnd(14)} ${note}`.trimEnd(),
    ),
    ...(cost.hint ? ['', `Next time ask for ${cost.hint.flags}:`, ...indented(cost.hint.reason)] : []),
    ...(story.instances.length > 0 ? ['', 'Instances', ...instanceLines(story)] : []),
    ...(story.migrations.length > 0 ? ['', 'Moves', ...moveLines(story)] : []),
    '',
  ].join('\n')
}

const indented = (text: string): readonly string[] =>
  wrapped(plainText(text), WIDTH - 4).map((line) => `    ${line}`)

const instanceLines = ({ instances, now }: JobStory): readonly string[] =>
  instances.map(({ instanceType, cpu, memGB, market, pricePerHour, requestTime, endTime, cost }) => {
    const seconds = ((endTime ? Date.parse(endTime) : now) - Date.parse(requestTime)) / 1000
    const what = `${instanceType}, ${counted(cpu, 'core')}, ${memGB} GB, ${marketWord(market)}`
    return `    ${what.padEnd(44)} ${usd(pricePerHour)} USD/h for ${formatDuration(seconds)}: ${usd(cost)} USD`
  })

const moveLines = ({ migrations }: JobStory): readonly string[] =>
  migrations.flatMap(({ trigger, from, to, startTime, standStillMs, outcome, reason, undoneBecause }) => [
    `    ${localSecond(Date.parse(startTime))}  ${TRIGGER_WORDS[trigger]}: ${from || 'nowhere'} to ${to || 'nowhere'}, ${
      outcome === 'done' ? `stood still ${formatSpan(standStillMs)}` : outcome
    }`,
    ...wrapped(plainText(undoneBecause ? `${reason}; undone: ${undoneBecause}` : reason), WIDTH - 14).map(
      (line) => `              ${line}`,
    ),
  ])
