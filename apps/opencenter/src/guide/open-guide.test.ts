import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openGuide } from './open-guide.ts'

const DOCUMENTED = ['guide/*.md', '*.md']
const DOCUMENTS = fileURLToPath(new URL('../../../../docs', import.meta.url))

const guide = openGuide()
const pageAt = (path: string): string | undefined => guide(path)?.text
const first = pageAt('/docs/guide/')!

/** Where the links of a page lead. */
const linksIn = (page: string): string[] => [...page.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href)

test('the first page leads to every chapter, and each to the one before and after it', () => {
  const chapters = globSync('*.md', { cwd: `${DOCUMENTS}/guide` }).filter((file) => file !== 'README.md')
  for (const file of chapters) {
    const path = `/docs/guide/${file.replace(/\.md$/, '')}`
    expect(linksIn(first)).toContain(path)
    expect(pageAt(path)).toContain(`<a href="${path}" aria-current="page">`)
    expect(pageAt(path)).toMatch(/<div class="turn">.*rel="(prev|next)"/)
  }
})

test.each(globSync('**/*.md', { cwd: DOCUMENTS }))(
  'every link in %s leads to a page, and to a place in it',
  (file) => {
    const path = `/docs/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}`
    const page = pageAt(path)!
    for (const link of linksIn(page).filter((href) => !/^(https?|data):/.test(href))) {
      const [target = '', anchor] = link.split('#')
      const there = target === '' ? page : pageAt(target)
      expect(there, link).toBeDefined()
      if (anchor !== undefined) expect(there, link).toContain(`id="${anchor}"`)
    }
  },
)

test('files for other programs are handed out as they are, and their folder is a list of them', () => {
  const file = 'integrations/nebula/agent.yaml'
  expect(guide(`/${file}`)).toEqual({
    type: 'text/plain',
    text: readFileSync(`${DOCUMENTS}/../${file}`, 'utf8'),
  })
  expect(linksIn(pageAt('/integrations/nebula/')!)).toContain(`/${file}`)
  // One with a page of its own is shown by that, which has to name them.
  expect(linksIn(pageAt('/integrations/snakemake/')!)).toContain('/integrations/snakemake/submit.py')
})

/** A link that leads nowhere is shown as plain text, so it has to be looked for in the file. */
test.each(globSync(DOCUMENTED, { cwd: DOCUMENTS }))('no link of %s leads out of the documents', (file) => {
  const text = readFileSync(`${DOCUMENTS}/${file}`, 'utf8')
  const page = pageAt(`/docs/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}`)!
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
  '/integrations',
  '/integrations/../package.json',
  '/integrations/nebula',
  '',
])('there is no page at "%s"', (path) => expect(guide(path)).toBeUndefined())
