import { createHash } from 'node:crypto'
import { COPY_SCRIPT } from './copy-script.ts'
import { escaped } from './escape.ts'
import type { Rendered } from './markdown.ts'
import { STYLE } from './style.ts'

/** What stands at the side of every page: headings, and under each its pages in their order. */
export type Nav = readonly NavPart[]
type NavPart = { readonly title: string; readonly links: readonly NavLink[] }
type NavLink = { readonly path: string; readonly title: string }

export type Page = Rendered & { readonly path: string; readonly nav: Nav }

/** A page with everything it needs within it: nothing is fetched from anywhere. */
export const layout = ({ path, nav, title, body, headings }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Memory Machine Cloud</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><a class="home" href="/docs/guide/">${LOGO}<span>Memory Machine Cloud</span></a></header>
<div class="frame">
<nav class="chapters" aria-label="Chapters">${sideHtml(nav, path)}</nav>
<main>
${body}${nextHtml(nav, path)}</main>
${headings.length > 1 ? `<aside aria-label="On this page"><h2>On this page</h2>${headingsHtml(headings)}</aside>` : ''}
</div>
<script>${COPY_SCRIPT}</script>
</body>
</html>
`

const sourceHash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** A page runs and shows what came with it, by its hash, and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${sourceHash(STYLE)}'`,
  `script-src '${sourceHash(COPY_SCRIPT)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const sideHtml = (nav: Nav, here: string): string =>
  nav
    .map(({ title, links }) => {
      const items = links.map(({ path, title: name }) => {
        const current = path === here ? ' aria-current="page"' : ''
        return `<li><a href="${path}"${current}>${escaped(name)}</a></li>`
      })
      return `<h2>${escaped(title)}</h2><ul>${items.join('')}</ul>`
    })
    .join('')

const headingsHtml = (headings: Page['headings']): string =>
  `<ul>${headings.map(({ id, html }) => `<li><a href="#${id}">${html}</a></li>`).join('')}</ul>`

/** The chapters before and after, where the page is one. */
const nextHtml = (nav: Nav, here: string): string => {
  const chapters = nav[0]?.links ?? []
  const at = chapters.findIndex(({ path }) => path === here)
  if (at < 0) return ''
  const link = (rel: 'prev' | 'next', label: string, chapter = chapters[at + (rel === 'next' ? 1 : -1)]) =>
    chapter
      ? `<a rel="${rel}" href="${chapter.path}"><small>${label}</small>${escaped(chapter.title)}</a>`
      : '<span></span>'
  return `<div class="turn">${link('prev', 'Before')}${link('next', 'Next')}</div>\n`
}

/** A job that goes on on another machine. */
const LOGO = `<svg viewBox="0 0 32 20" width="32" height="20" aria-hidden="true"><rect x="1" y="5" width="10" height="10" rx="2.5" class="from"/><path d="M9 10h13m-4-4 4 4-4 4" class="way"/><rect x="21" y="5" width="10" height="10" rx="2.5" class="to"/></svg>`
