import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openGuide } from './open-guide.ts'

const DOCUMENTS = fileURLToPath(new URL('../../../../docs', import.meta.url))

const guide = openGuide()
const first = guide('/docs/guide/')!

/** Where the links of a page lead. */
const linksIn = (page: string): string[] => [...page.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href)

test('the first page leads to every chapter, and each to the one before and after it', () => {
  const chapters = globSync('*.md', { cwd: `${DOCUMENTS}/guide` }).filter((file) => file !== 'README.md')
  for (const file of chapters) {
    const path = `/docs/guide/${file.replace(/\.md$/, '')}`
    expect(linksIn(first)).toContain(path)
    expect(guide(path)).toContain(`<a href="${path}" aria-current="page">`)
    expect(guide(path)).toMatch(/<div class="turn">.*rel="(prev|next)"/)
  }
})

test.each(globSync('**/*.md', { cwd: DOCUMENTS }))(
  'every link in %s leads to a page, and to a place in it',
  (file) => {
    const path = `/docs/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}`
    const page = guide(path)!
    for (const link of linksIn(page).filter((href) => !/^(https?|data):/.test(href))) {
      const [target = '', anchor] = link.split('#')
      const there = target === '' ? page : guide(target)
      expect(there, link).toBeDefined()
      if (anchor !== undefined) expect(there, link).toContain(`id="${anchor}"`)
    }
  },
)

/** A link that leads nowhere is shown as plain text, so it has to be looked for in the file. */
test.each(globSync('guide/*.md', { cwd: DOCUMENTS }))('no link of %s leads out of the documents', (file) => {
  const text = readFileSync(`${DOCUMENTS}/${file}`, 'utf8')
  const page = guide(`/docs/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}`)!
  const body = page.slice(page.indexOf('<main>'), page.indexOf('</main>'))
  const written = [...text.matchAll(/\]\(([^)]+)\)/g)]
  const shown = linksIn(body).filter((href) => !href.startsWith('#'))
  expect(shown.length).toBeGreaterThanOrEqual(written.filter(([, href]) => !href!.startsWith('#')).length)
})

test.each([
  '/docs/guide',
  '/docs/nosuch',
  '/docs/../package.json',
  '/docs/guide/README',
  '/docs/openapi.json',
  '',
])('there is no page at "%s"', (path) => expect(guide(path)).toBeUndefined())
