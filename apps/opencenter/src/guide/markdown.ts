import { Marked, type Tokens } from 'marked'
import { codeBlock } from './code-block.ts'
import { escaped } from './escape.ts'

/** A page's text as HTML, and what its frame shows of it. */
export type Rendered = {
  readonly title: string
  readonly body: string
  /** Of the second level, for "on this page". */
  readonly headings: readonly { readonly id: string; readonly html: string }[]
}

/** Where a link leads in the pages that are served; nothing = nowhere, and it is shown as plain text. */
export type LinkOf = (href: string) => string | undefined

/**
 * GitHub's Markdown as HTML: headings carry the ids they have there, so that links into a page lead to the same place in
 * both. Raw HTML is left out; the comment `file: NAME` before a block is its caption.
 */
export const renderMarkdown = (text: string, linkOf: LinkOf): Rendered => {
  const headings: { id: string; html: string }[] = []
  const ids = new Map<string, number>()
  let title = ''
  let file: string | undefined

  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens)
        const plain = plainText(tokens)
        if (depth === 1) {
          title = plain
          return `<h1>${html}</h1>\n`
        }
        const id = uniqueId(plain, ids)
        if (depth === 2) headings.push({ id, html })
        return `<h${depth} id="${id}">${html}<a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens)
        const target = linkOf(href)
        return target === undefined ? html : `<a href="${escaped(target)}">${html}</a>`
      },
      html({ text: raw }) {
        file = /^<!-- file: (\S+) -->/.exec(raw)?.[1]
        return ''
      },
      code({ text: code, lang = '' }) {
        const caption = file
        file = undefined
        return codeBlock(code, lang, caption)
      },
      table(token: Tokens.Table) {
        const row = (cells: Tokens.TableCell[], tag: string): string =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`
        const named = token.header.some(({ text: name }) => name !== '')
        const head = named ? `<thead>${row(token.header, 'th')}</thead>` : ''
        return `<div class="wide"><table>${head}<tbody>${token.rows.map((cells) => row(cells, 'td')).join('')}</tbody></table></div>\n`
      },
    },
  })
  const body = marked.parse(text, { async: false })
  return { title, body, headings }
}

const plainText = (tokens: readonly Tokens.Generic[]): string =>
  tokens.map((token) => (token.tokens ? plainText(token.tokens) : String(token['text'] ?? ''))).join('')

/** As GitHub makes them: lower case, blanks as `-`, punctuation left out, a number where there is one already. */
const uniqueId = (heading: string, ids: Map<string, number>): string => {
  const id = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
  const before = ids.get(id) ?? 0
  ids.set(id, before + 1)
  return before === 0 ? id : `${id}-${before}`
}
