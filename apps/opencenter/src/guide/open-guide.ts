import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readContents } from './contents.ts'
import { layout, type Nav } from './layout.ts'
import { renderMarkdown } from './markdown.ts'

/** Where the documents lie under the OpCenter's address. */
export const GUIDE_ROOT = '/docs'
/** Where the files lie that other programs need to work with this one. */
export const FILES_ROOT = '/integrations'

/** The documents and files of this version. */
const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url))

/** A document as a page, or a file as it is. */
export type Shown = { readonly type: 'text/html' | 'text/plain'; readonly text: string }

/** What is at a path like `/docs/guide/ports`; nothing = there is none. */
export type Guide = (path: string) => Shown | undefined

/** `file` is where its links begin, from the root of the checkout. */
type Source = { readonly file: string; readonly read: () => string }

/**
 * Every document as a page: `X.md` is at `/docs/X`, and the `README.md` of a folder at the folder, with `/` behind it. So
 * links between documents lead to the same place here and where the files are shown as they are; those to the files of
 * `integrations` too, whose folders are lists of them where they have no `README.md`. Each is made at the first question for it;
 * nothing but what was there at the start is ever read.
 */
export const openGuide = (root = CHECKOUT): Guide => {
  const sources = findSources(root)
  const linkFrom = (file: string) => (href: string) => {
    if (/^(https?:|mailto:|#)/.test(href)) return href
    const [target = '', anchor] = href.split('#')
    const path = pathOf(posix.join(posix.dirname(file), target))
    return sources.has(path) ? `${path}${anchor === undefined ? '' : `#${anchor}`}` : undefined
  }
  const readNav = (): Nav =>
    readContents(readFileSync(join(root, FIRST), 'utf8')).map(({ title, links }) => ({
      title,
      links: links.flatMap(({ href, title: name }) => {
        const path = linkFrom(FIRST)(href)
        return path === undefined ? [] : [{ path, title: name }]
      }),
    }))
  let nav: Nav | undefined
  const show = (path: string, { file, read }: Source): Shown => {
    if (!file.endsWith('.md')) return { type: 'text/plain', text: read() }
    nav ??= readNav()
    return { type: 'text/html', text: layout({ path, nav, ...renderMarkdown(read(), linkFrom(file)) }) }
  }

  const shown = new Map<string, Shown>()
  return (path) => {
    const source = sources.get(path)
    if (source === undefined) return undefined
    const page = shown.get(path) ?? show(path, source)
    shown.set(path, page)
    return page
  }
}

const FIRST = 'docs/guide/README.md'

const findSources = (root: string): ReadonlyMap<string, Source> => {
  const files = globSync(['docs/**/*.md', 'integrations/**/*.{md,yaml,py,sh,Dockerfile}'], {
    cwd: root,
  }).toSorted()
  const sources = new Map<string, Source>()
  for (const file of files)
    sources.set(pathOf(file), { file, read: () => readFileSync(join(root, file), 'utf8') })
  const others = files.filter((file) => !file.startsWith('docs/'))
  for (const folder of new Set(others.map((file) => posix.dirname(file)))) {
    const inside = others.filter((file) => posix.dirname(file) === folder).map((file) => posix.basename(file))
    const file = posix.join(folder, 'README.md')
    const list = `# ${folder}\n\n${inside.map((name) => `- [${name}](${name})\n`).join('')}`
    if (!sources.has(pathOf(file))) sources.set(pathOf(file), { file, read: () => list })
  }
  return sources
}

const pathOf = (file: string): string =>
  posix.join('/', file.replace(/(^|\/)README\.md$/, '$1').replace(/\.md$/, ''))
