import { Marked, type Token, type Tokens } from 'marked'

/** A link of the table of contents; `href` is as it is written, relative to the page. */
export type ContentsLink = { readonly href: string; readonly title: string }
/** What stands under one heading of it. */
export type ContentsPart = { readonly title: string; readonly links: readonly ContentsLink[] }

/** The table of contents that the guide's first page is: each list under its heading, each item by its first link. */
export const readContents = (text: string): readonly ContentsPart[] => {
  const parts: { title: string; links: ContentsLink[] }[] = []
  for (const token of new Marked().lexer(text)) {
    if (token.type === 'heading' && token['depth'] === 2)
      parts.push({ title: String(token['text']), links: [] })
    if (token.type !== 'list') continue
    const links = (token as Tokens.List).items.flatMap(({ tokens }) => firstLink(tokens) ?? [])
    parts.at(-1)?.links.push(...links.map(({ href, text: title }) => ({ href, title })))
  }
  return parts.filter(({ links }) => links.length > 0)
}

const firstLink = (tokens: readonly Token[]): Tokens.Link | undefined => {
  for (const token of tokens) {
    if (token.type === 'link') return token as Tokens.Link
    const inside = 'tokens' in token && token.tokens ? firstLink(token.tokens) : undefined
    if (inside) return inside
  }
  return undefined
}
