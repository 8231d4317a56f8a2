import { expect, test } from 'vitest'
import { renderMarkdown } from './markdown.ts'

const bodyOf = (text: string): string => renderMarkdown(text, (href) => `/at/${href}`).body

test('a page has a title, and headings with the ids of GitHub', () => {
  const { title, headings, body } = renderMarkdown(
    '# The `page`\n\n## No <x> *here*!\n\n### deep\n\n## no x here\n',
    () => undefined,
  )
  expect(title).toBe('The page')
  expect(headings.map(({ id }) => id)).toEqual(['no-x-here', 'no-x-here-1'])
  expect(body).toContain('<h3 id="deep">deep<a class="anchor" href="#deep"')
})

test('links lead where they are told to, and nowhere as plain text', () => {
  expect(bodyOf('[a *page*](x.md#y)')).toBe('<p><a href="/at/x.md#y">a <em>page</em></a></p>\n')
  expect(renderMarkdown('[a page](x.md)', () => undefined).body).toBe('<p>a page</p>\n')
})

test('no raw HTML comes through, in a block, a line or code', () => {
  expect(bodyOf('<script>alert(1)</script>\n\na <b onclick="x">b</b>\n\n`<i>`')).toBe(
    '<p>a b</p>\n<p><code>&lt;i&gt;</code></p>\n',
  )
  expect(bodyOf('```console\n$ a "<b>"\n<c>\n```')).not.toMatch(/<[bc]>/)
})

test('a console tells prompt, command, output and error apart', () => {
  const body = bodyOf('```console\n$ float list\nNo jobs\n$ float nosuch\nError: unknown\n```')
  expect(body).toContain('<span class="prompt">$ </span><span class="command">float list</span>\n')
  expect(body).toContain('<span class="output">No jobs</span>')
  expect(body).toContain('<span class="output error">Error: unknown</span>')
})

test('the name of a file is the caption of the next block alone', () => {
  const body = bodyOf('<!-- file: work.sh -->\n```bash\n#!/bin/sh\na # why\n```\n\n```bash\nb\n```\n')
  expect(body.match(/<figcaption>/g)).toHaveLength(1)
  expect(body).toContain('<figcaption>work.sh</figcaption>')
  expect(body).toContain('#!/bin/sh\na <span class="comment"># why</span>')
})

test('a table scrolls by itself, and an empty head is none', () => {
  expect(bodyOf('| | |\n|---|---|\n| a | `b` |')).toBe(
    '<div class="wide"><table><tbody><tr><td>a</td><td><code>b</code></td></tr></tbody></table></div>\n',
  )
  expect(bodyOf('| a |\n|---|\n| b |')).toContain('<thead><tr><th>a</th></tr></thead>')
})
