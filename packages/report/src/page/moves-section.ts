import type { Migration } from '@mmcloud/contract'
import { unitOf } from '@mmcloud/domain'
import { formatBytes, formatSpan } from '../measures.ts'
import { marketWord, TRIGGER_WORDS, usd } from '../words.ts'
import { type Html, html } from './html.ts'
import { localDay, localSecond } from '../local-time.ts'
import { phaseBar, phaseNote } from './phase-bar.ts'
import { type Mark, type Timeline, toldMarks } from './timeline.ts'

/** Of older moves they say little. */
const MOST_WITH_ALTERNATIVES = 20
/** The rest is folded away. */
const SHOWN_ALTERNATIVES = 3

/** Each move: why, from where to where, what it took, and what else it could have been. */
export const movesSection = (timeline: Timeline): Html => {
  const { marks } = timeline
  if (marks.length === 0)
    return html`<section><h2>Moves</h2><p class="none">It stayed where it was.</p></section>`
  const shown = toldMarks(timeline)
  const left = marks.length - shown.length
  return html`<section><h2>Moves</h2>
${left > 0 ? html`<p class="none">The first ${left} moves are neither marked nor listed.</p>` : ''}
<div class="wide"><table class="moves">
<thead><tr><th></th><th>When</th><th>Why</th><th>From</th><th>To</th><th class="n">Stood still</th><th class="n">Written</th><th class="n">Cost, USD</th><th class="n">Saves, USD/h</th></tr></thead>
${shown.map((mark, index) => moveRows(mark, shown.length - index <= MOST_WITH_ALTERNATIVES))}
</table></div>
${phaseNote()}</section>`
}

const moveRows = (
  { number, at, move }: Mark,
  withAlternatives: boolean,
): Html => html`<tbody id="move-${number}">
<tr class="line"><td class="no"><span>${number}</span></td><td><b>${localSecond(at)}</b> ${localDay(at)}</td><td>${TRIGGER_WORDS[move.trigger]}${
  move.outcome === 'done' ? '' : html` <em>${move.outcome}</em>`
}</td><td>${machine(move.source, move.from)}</td><td>${machine(move.target, move.to)}</td><td class="n">${
  move.outcome === 'done' ? formatSpan(move.standStillMs) : '–'
}</td><td class="n">${move.outcome === 'done' ? formatBytes(move.bytes) : '–'}</td><td class="n">${
  move.outcome === 'done' ? usd(move.cost) : '–'
}</td><td class="n">${move.savingPerHour === undefined ? '–' : usd(move.savingPerHour)}</td></tr>
<tr class="more"><td></td><td colspan="8"><p class="sentence">${move.reason}</p>
${move.undoneBecause === undefined ? '' : html`<p class="sentence">Undone: ${move.undoneBecause}</p>`}
${rule(move)}
${phaseBar(move.phases)}
${withAlternatives ? alternatives(move) : ''}</td></tr>
</tbody>`

const machine = (which: Migration['source'], words: string): Html =>
  which
    ? html`<b>${which.instanceType}</b><br><span class="soft">${which.cpu} c, ${which.memGB} GB, ${marketWord(which.market)}</span>`
    : html`${words || '–'}`

const rule = ({ rule: name, numbers }: Migration): Html => {
  if (name === '') return html``
  const { measured, threshold, heldSeconds } = numbers
  const figures = [
    ...(measured === undefined ? [] : [`measured ${measured} ${unitOf(name)}`]),
    ...(threshold === undefined ? [] : [`threshold ${threshold} ${unitOf(name)}`]),
    ...(heldSeconds === undefined ? [] : [`held for ${heldSeconds} s`]),
  ]
  return html`<p class="soft">Rule <code>${name}</code>${figures.length > 0 ? `: ${figures.join(', ')}` : ''}</p>`
}

const alternatives = ({ alternatives: all }: Migration): Html => {
  if (all.length === 0) return html``
  const [first, rest] = [all.slice(0, SHOWN_ALTERNATIVES), all.slice(SHOWN_ALTERNATIVES)]
  return html`<div class="others"><h3>Not chosen</h3><table>${first.map(alternativeRow)}</table>${
    rest.length > 0
      ? html`<details><summary>${rest.length} more</summary><table>${rest.map(alternativeRow)}</table></details>`
      : ''
  }</div>`
}

const alternativeRow = (other: Migration['alternatives'][number]): Html =>
  html`<tr><td>${other.instanceType}</td><td>${other.cpu} c, ${other.memGB} GB</td><td>${marketWord(other.market)}</td><td class="n">${usd(other.pricePerHour)} USD/h</td><td>${other.rejected}</td></tr>`
