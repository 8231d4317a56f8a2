import { formatSpan } from '../measures.ts'
import { type Html, html } from './html.ts'

/** In the order in which they pass, with what happens in each. */
const PHASES = [
  ['launch', 'launch', 'the next instance is made; the program works on if it can'],
  ['freeze', 'freeze', 'the program is stopped'],
  ['dump', 'dump', 'memory, disk and logs of that instant are written and made durable'],
  ['handOver', 'hand over', 'the disks change hands; waiting, if the instance was late'],
  ['restore', 'restore', 'memory is read back, until the first instruction'],
] as const

const WIDTH = 460
const HEIGHT = 14

/** The phases of one move side by side, each as wide as it was long; how long it took to decide stands before it. */
export const phaseBar = (phases: Readonly<Record<string, number>>): Html => {
  const known = PHASES.map(([key, name]) => ({ key, name, ms: phases[key] ?? 0 })).filter(({ ms }) => ms > 0)
  const total = known.reduce((sum, { ms }) => sum + ms, 0)
  if (total === 0) return html``
  let at = 0
  const parts = known.map(({ key, name, ms }) => {
    const start = at
    at += (ms / total) * WIDTH
    return html`<rect class="phase ${key}" x="${start.toFixed(1)}" width="${Math.max(1, at - start).toFixed(1)}" height="${HEIGHT}"><title>${name} ${formatSpan(ms)}</title></rect>`
  })
  const decided = phases['decide'] ?? 0
  return html`<div class="phases"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="phases">${parts}</svg><p>${
    decided > 0 ? html`<span>decided after ${formatSpan(decided)}</span>` : ''
  }${known.map(({ key, name, ms }) => html`<span><i class="phase ${key}"></i>${name} ${formatSpan(ms)}</span>`)}</p></div>`
}

/** What the phases are, once for all bars. */
export const phaseNote = (): Html =>
  html`<p class="phasenote">${PHASES.map(
    ([key, name, what]) => html`<span><i class="phase ${key}"></i><b>${name}</b>: ${what}. </span>`,
  )}From the freeze to the first instruction the program stands still.</p>`
