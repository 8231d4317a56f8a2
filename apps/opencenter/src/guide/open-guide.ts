import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readContents } from './contents.ts'
import { layout, type Nav } from './layout.ts'
import { renderMarkdown } from './markdown.ts'

/** Where the pages lie under the OpCenter's address. */
export const GUIDE_ROOT = '/docs'

/** The documents of this version. */
const DOCUMENTS = fileURLToPath(new URL('../../../../docs', import.meta.url))

/** The page at a path like `/docs/guide/ports`; nothing = there is none. */
export type Guide = (path: string) => string | undefined

/**
 * Every document as a page: `X.md` is at `/docs/X`, and the `README.md` of a folder at the folder, with `/` behind it. So
 * links between documents lead to the same place here and where the files are shown as they are. Each is made at the first
 * question for it; nothing but what was there at the start is ever read.
 */
export const openGuide = (folder = DOCUMENTS): Guide => {
  const files = new Map(globSync('**/*.md', { cwd: folder }).map((file) => [pathOf(file), file]))
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const pages = new Map<string, string>()
  let nav: Nav | undefined

  const linkFrom = (file: string) => (href: string) => {
    if (/^(https?:|mailto:|#)/.test(href)) return href
    const [target = '', anchor] = href.split('#')
    const path = pathOf(posix.join(posix.dirname(file), target))
    return files.has(path) ? `${path}${anchor === undefined ? '' : `#${anchor}`}` : undefined
  }
  const readNav = (): Nav =>
    readContents(read(FIRST)).map(({ title, links }) => ({
      title,
      links: links.flatMap(({ href, title: name }) => {
        const path = linkFrom(FIRST)(href)
        return path === undefined ? [] : [{ path, title: name }]
      }),
    }))

  return (path) => {
    const file = files.get(path)
    if (file === undefined) return undefined
    const known = pages.get(path)
    if (known !== undefined) return known
    nav ??= readNav()
    const page = layout({ path, nav, ...renderMarkdown(read(file), linkFrom(file)) })
    pages.set(path, page)
    return page
  }
}

const FIRST = 'guide/README.md'

const pathOf = (file: string): string =>
  posix.join(GUIDE_ROOT, file.replace(/(^|\/)README\.md$/, '$1').replace(/\.md$/, ''))
