import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, jsonHtml } from './html.ts'

test('whatever stands in a hole is text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const markup = html`<p title="${text}">${text}</p>`.text
      const inside = markup.slice('<p title="'.length, -'</p>'.length)
      expect(inside.replace('">', '')).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
    }),
  )
})

test('markup made by html goes in as it is, lists one after the other', () => {
  expect(html`<ul>${['a<', 'b'].map((each) => html`<li>${each}</li>`)}${undefined}</ul>`.text).toBe(
    '<ul><li>a&lt;</li><li>b</li></ul>',
  )
})

test('data for a script cannot end it, and is read back the same', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, text) => {
      const value: unknown = { read: JSON.parse(json), text: `${text}</script><!--` }
      const written = jsonHtml(value).text
      expect(written).not.toContain('<')
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
