/** Markup that may stand in the page as it is; made by `html` alone. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | undefined | readonly Part[]

/** A template whose holes are escaped, unless they are markup already: what users wrote can never become any. */
export const html = (markup: TemplateStringsArray, ...holes: readonly Part[]): Html =>
  new Html(markup.reduce((text, piece, at) => text + partText(holes[at - 1]) + piece))

/** Text that stands in the page as it is: our own style and script. */
export const raw = (text: string): Html => new Html(text)

/** For a script element: nothing in it can end the element. */
export const jsonHtml = (value: unknown): Html =>
  new Html(JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028'))

const partText = (part: Part): string => {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(partText).join('')
  return escaped(String(part))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Control characters are no text either, and may not stand in a page. */
const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '').replace(/[^\P{Cc}\n\t]/gu, '\ufffd')
