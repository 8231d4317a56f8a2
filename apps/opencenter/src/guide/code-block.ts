import { readConsole } from './console-block.ts'
import { escaped } from './escape.ts'

/**
 * A fenced block as HTML. Prompts cannot be selected, so that what is marked with the mouse can be pasted; what the
 * button copies carries `class="command"`, and is everything where nothing does.
 */
export const codeBlock = (text: string, language: string, file?: string): string => {
  const caption = file === undefined ? '' : `<figcaption>${escaped(file)}</figcaption>`
  const code = language === 'console' ? consoleHtml(text) : sourceHtml(text, language)
  return `<figure class="code">${caption}<pre tabindex="0"><code>${code}</code></pre></figure>\n`
}

const consoleHtml = (text: string): string =>
  readConsole(text)
    .map(({ command, output }) =>
      [
        `<span class="prompt">$ </span><span class="command">${escaped(command)}</span>`,
        ...output.map((line) => `<span class="${outputClass(line)}">${escaped(line)}</span>`),
      ].join('\n'),
    )
    .join('\n')

const outputClass = (line: string): string => (line.startsWith('Error: ') ? 'output error' : 'output')

/** Comments alone are told apart: a guide's listings are short. */
const sourceHtml = (text: string, language: string): string => {
  if (!COMMENTED.has(language)) return escaped(text)
  return text
    .split('\n')
    .map((line) => {
      const [, code = '', comment = ''] = /^(.*?)((?<=^|\s)#(?!!).*)?$/.exec(line) ?? []
      return comment === ''
        ? escaped(code)
        : `${escaped(code)}<span class="comment">${escaped(comment)}</span>`
    })
    .join('\n')
}
const COMMENTED: ReadonlySet<string> = new Set(['bash', 'sh', 'python', 'yaml'])
