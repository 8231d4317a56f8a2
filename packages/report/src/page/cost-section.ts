import type { CostSums } from '@mmcloud/contract'
import { formatDuration } from '@mmcloud/contract/grammar/duration'
import { marketWord, usd } from '../words.ts'
import type { JobStory } from '../job-story.ts'
import { bandTint } from './draw-strip.ts'
import { type Html, html } from './html.ts'
import { localDay, localSecond } from '../local-time.ts'
import { endOf, type Timeline } from './timeline.ts'

/** What each instance cost, and what it would have cost otherwise. */
export const costSection = (story: JobStory, timeline: Timeline): Html => html`<section><h2>Cost</h2>
<div class="costs">
<div class="wide"><table>
<thead><tr><th></th><th>Instance</th><th class="n">Cores</th><th class="n">GB</th><th>Market</th><th class="n">USD/h</th><th>From</th><th class="n">For</th><th class="n">USD</th></tr></thead>
<tbody>${story.instances.map((instance) => instanceRow(story, timeline, instance))}
<tr><td></td><td>disks</td><td colspan="6"></td><td class="n">${usd(story.cost.volumes)}</td></tr></tbody>
<tfoot><tr><td></td><td>Sum</td><td colspan="6"></td><td class="n">${usd(story.cost.total)}</td></tr></tfoot>
</table></div>
${comparison(story.cost)}
</div></section>`

const instanceRow = (story: JobStory, { bands }: Timeline, instance: JobStory['instances'][number]): Html => {
  const { instanceType, cpu, memGB, market, pricePerHour, requestTime, endTime, cost } = instance
  const at = bands.findIndex(({ machine }) => machine.instance === instance.instance)
  const from = Date.parse(requestTime)
  const seconds = ((endTime ? Date.parse(endTime) : Math.max(endOf(story), from)) - from) / 1000
  const badge = bands[at] ? html`<span class="badge ${bandTint(at)}">${bands[at].letter}</span>` : ''
  return html`<tr><td>${badge}</td><td>${instanceType}</td><td class="n">${cpu}</td><td class="n">${memGB}</td><td>${marketWord(market)}</td><td class="n">${usd(pricePerHour)}</td><td>${localSecond(from)} <span class="soft">${localDay(from)}</span></td><td class="n">${formatDuration(seconds)}</td><td class="n">${usd(cost)}</td></tr>`
}

const comparison = (cost: CostSums): Html => {
  const rows = [
    ['paid', cost.total, 'paid'],
    ['all on demand', cost.allOnDemand, 'other'],
    ['largest from the start', cost.largestFromTheStart, 'other'],
  ] as const
  const most = Math.max(...rows.map(([, value]) => value))
  if (most === 0) return html``
  return html`<figure class="bars"><figcaption>What it would have cost otherwise, USD</figcaption>${rows.map(
    ([name, value, kind]) =>
      html`<div><span>${name}</span><span class="track"><span class="bar ${kind}" style="width:${((value / most) * 100).toFixed(1)}%"></span></span><span class="n">${usd(value)}</span></div>`,
  )}</figure>`
}
