import { expect, test } from 'vitest'
import { aDay, grewTwice, STORIES } from '../fake-stories.ts'
import { MARK, renderPage } from './page.ts'

const EVIL = `"><script>alert('1')</script><img src=x onerror=alert(2)>&amp;`

test.each(Object.entries(STORIES))(
  '%s: a page under 500 KB that asks for nothing outside itself',
  (_, story) => {
    const page = renderPage(story(), 'float 0.1.0')
    expect(page.length).toBeLessThan(500_000)
    expect(page).toContain(MARK)
    expect(page).toContain('content="default-src &#39;none&#39;; style-src')
    expect(page).not.toMatch(/https?:|\ssrc=|@import|url\((?!#)|<link/)
    expect(page.replace(/<script>[^]*/, '')).not.toMatch(/NaN|undefined|Infinity/)
    expect(page).not.toMatch(/>null</)
  },
)

test('what users wrote is text, wherever it stands', () => {
  const story = grewTwice()
  const { job, migrations, events, instances, cost } = story
  const machine = { instanceType: EVIL }
  const page = renderPage(
    {
      ...story,
      job: { ...job, name: EVIL, imageID: EVIL, user: EVIL, customTags: { [EVIL]: EVIL } },
      instances: instances.map((each) => ({ ...each, ...machine })),
      migrations: migrations.map((each) => ({
        ...each,
        reason: EVIL,
        rule: EVIL,
        from: EVIL,
        to: EVIL,
        numbers: { measured: EVIL },
        alternatives: each.alternatives.map((other) => ({ ...other, ...machine, rejected: EVIL })),
        ...(each.source ? { source: { ...each.source, ...machine } } : {}),
      })),
      events: events.map((each) => ({ ...each, sentence: EVIL })),
      cost: { ...cost, hint: { ...cost.hint!, flags: EVIL, reason: EVIL } },
    },
    'float 0.1.0',
  )
  expect(page.match(/<script/g)).toHaveLength(2)
  expect(page).not.toContain('<img')
  expect(page).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;')
})

test('a life of many moves and events is told from its end, and stays small', () => {
  const story = aDay()
  const [move] = story.migrations
  const [event] = story.events
  const repeated = <T>(item: T | undefined, count: number): T[] =>
    Array.from({ length: count }, () => item as T)
  const alternatives = repeated(grewTwice().migrations[0]?.alternatives, 2).flat()
  const page = renderPage(
    {
      ...story,
      migrations: repeated(move, 400).map((each, index) => ({
        ...each,
        alternatives,
        startTime: new Date(Date.parse(each.startTime) + index * 200_000).toISOString(),
      })),
      events: repeated(event, 5000),
    },
    'float 0.1.0',
  )
  expect(page.length).toBeLessThan(500_000)
  expect(page).toContain('The first 320 moves are neither')
  expect(page).toContain('id="move-400"')
})

test('each move has its number on the graph and in the table, with what it was decided on', () => {
  const page = renderPage(grewTwice(), 'float 0.1.0')
  for (const number of [1, 2, 3]) {
    expect(page).toContain(`href="#move-${number}"`)
    expect(page).toContain(`id="move-${number}"`)
  }
  expect(page).toContain(
    'Rule <code>mem.upperBoundRatio</code>: measured 96 %, threshold 90 %, held for 30 s',
  )
  expect(page).toContain('its processors lack avx512f, avx512_vnni')
  expect(page).toContain('A  t3.micro')
  expect(page).toContain('asked max 8')
})
