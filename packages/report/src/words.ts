import { formatCost } from '@mmcloud/contract/grammar/time'
import type { Migration } from '@mmcloud/contract'

/** What moved a job, in the fewest words. */
export const TRIGGER_WORDS = {
  reclaim: 'reclaim',
  drill: 'drill',
  policyCpuUp: 'CPU up',
  policyCpuDown: 'CPU down',
  policyMemUp: 'memory up',
  policyMemDown: 'memory down',
  evadeOOM: 'evade OOM',
  manual: 'asked for',
  program: 'asked by the job',
  lost: 'instance lost',
  resume: 'resumed',
} as const satisfies Record<Migration['trigger'], string>

/** `0.1235`, `-0.0030`, `0.0000087`: USD without the word, for columns that name it. */
export const usd = (value: number): string => {
  const text = formatCost(Math.abs(value)).replace(' USD', '')
  return value < 0 && Number(text) > 0 ? `-${text}` : text
}

export const marketWord = (market: 'spot' | 'onDemand'): string => (market === 'spot' ? 'spot' : 'on demand')

/** `1 core`, `2 cores`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Without control characters: a sentence may quote a program, and a terminal obeys what it is sent. */
export const plainText = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim()

/** Cut with an ellipsis where it is longer than `width`. */
export const shortened = (text: string, width: number): string => {
  const letters = Array.from(text)
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Broken between words into lines of at most `width`; a longer word is cut. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line)
      line = ''
    }
    line = shortened(line === '' ? word : `${line} ${word}`, width)
  }
  return line === '' ? lines : [...lines, line]
}

const lengthOf = (text: string): number => Array.from(text).length
