import { readConsole, type ShownCommand } from '@mmcloud/opencenter/guide/console-block'
import { Marked, type Tokens } from 'marked'

/** One thing that a reader of a chapter does, in order. */
export type Step =
  | ({ readonly do: 'run' } & ShownCommand)
  | { readonly do: 'save'; readonly file: string; readonly text: string }
  /** Cannot be done in a test; said in a comment before the block. */
  | { readonly do: 'leave'; readonly block: string; readonly why: string }

/** Listings that nobody runs, beside `console` and `bash`, which are. */
const LISTINGS: ReadonlySet<string> = new Set(['python', 'yaml', 'json', 'groovy', 'text'])

/** What a chapter has its reader do: every fenced block is run, saved, left with a reason, or no command at all. */
export const readSteps = (markdown: string): readonly Step[] => {
  const steps: Step[] = []
  let note = ''
  for (const token of blocksIn(markdown)) {
    if (token.type === 'html') note = token.text
    else {
      steps.push(...stepsOf(token as Tokens.Code, note))
      note = ''
    }
  }
  return steps
}

const blocksIn = (markdown: string): (Tokens.HTML | Tokens.Code)[] => {
  const blocks: (Tokens.HTML | Tokens.Code)[] = []
  const marked = new Marked()
  void marked.walkTokens(marked.lexer(markdown), (token) => {
    if (token.type === 'html' || token.type === 'code') blocks.push(token as Tokens.HTML | Tokens.Code)
  })
  return blocks
}

const stepsOf = ({ lang = '', text }: Tokens.Code, note: string): Step[] => {
  const why = /^<!-- not run: (.+) -->/.exec(note)?.[1]
  if (why !== undefined) return [{ do: 'leave', block: text, why }]
  const file = /^<!-- file: (\S+) -->/.exec(note)?.[1]
  if (file !== undefined) return [{ do: 'save', file, text: `${text}\n` }]
  if (lang === 'console') return readConsole(text).map((shown) => ({ do: 'run', ...shown }))
  if (lang === 'bash') return [{ do: 'run', command: text, output: [] }]
  if (LISTINGS.has(lang)) return []
  throw new Error(`a block of "${lang}" is neither run nor known as a listing:\n${text}`)
}
