import { describe, expect, test, vi } from 'vitest'
import { grewTwice, STORIES } from '@mmcloud/report/fake-stories'
import type { JobStory } from '@mmcloud/report/job-story'
import { addUsage, NO_USAGE } from './recent-usage.ts'
import { topView } from './top-view.ts'

const ESCAPE = '\u001b'
vi.stubEnv('TZ', 'UTC')

/** As it was while it ran on its third instance, swapping. */
const swapping = (): JobStory => {
  const story = grewTwice()
  const at = Date.parse('2026-11-23T05:34:00Z')
  const index = story.usage.at.findLastIndex((time) => time < at)
  const cut = {
    stepMs: story.usage.stepMs,
    at: story.usage.at.slice(0, index),
    series: Object.fromEntries(
      Object.entries(story.usage.series).map(([name, values]) => [name, values.slice(0, index)]),
    ) as JobStory['usage']['series'],
  }
  const { endTime: _, ...instance } = story.instances[2]!
  return {
    ...story,
    job: { ...story.job, status: 'Executing', category: 'running', execTime: '3m56s' },
    instances: [...story.instances.slice(0, 2), { ...instance, state: 'ready' }],
    migrations: story.migrations.slice(0, 2),
    events: story.events.slice(0, 7),
    usage: addUsage(NO_USAGE, cut),
    now: at,
  }
}

test('on eighty columns', () => {
  expect(`\n${topView(swapping(), 80, false, 'q or Ctrl-C ends').join('\n')}\n`).toMatchInlineSnapshot(`
    "
    flights-by-month  Executing                                             05:34:00
    t3a.small · 2 cores · 2 GB · spot · 0.0059 USD/h · ran 3m56s · cost 0.0024 USD
    2 moves, stood still 6.500s

    CPU      ████████████████▎░░░░░░░░░░░░░░░░░  96 of 200 %
                   ▄▅▅▅▅▅▄▅▄▅▅▄▅▄▅▄▅▄▅▄▅▄▅▅▅▅▅▅  asked 1:4 cores, has 2, peak 103 %
    Memory   ██│████████████████████████████│██  1.90 of 1.90 GiB (100 %)
                   ▁▂▂▃▃▄▄▅▅▆▆▇▇███████████████  asked 1:8 GB, has 2, peak 1.90 GiB
    Swap     ██████▌░░░░░░░░░░░░░░░░░░░░░░░░░░░  1.54 of 8.00 GiB
                   ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂  in 9.8, out 11.4 MiB/s, peak 1.54 …
    waits for memory 38 % · disk read 0.1, write 0.3 MiB/s
    net in 0.0, out 0.0 MiB/s · 3 processes

    Policy   CPU off · memory 5–90 % (30s up, 5m0s down, auto) · evadeOOM on

    05:30:59  lives on 64 MiB of swap: moves from t3.micro (2Core1GB/Spot) to t3.sm…
    05:31:04  frozen and saved as checkpoint 1: 900 MiB, dump 0.8 s
    05:31:07  goes on, on t3.small (spot): stood still 3.4 s (restore 0.4 s)
    05:32:45  the cloud takes i-2 back in 120 s
    05:32:50  frozen and saved as checkpoint 2: 1800 MiB, dump 0.8 s

    q or Ctrl-C ends
    "
  `)
})

test('on sixty columns', () => {
  expect(`\n${topView(swapping(), 60, false).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    flights-by-month  Executing                         05:34:00
    t3a.small · 2 cores · 2 GB · spot · 0.0059 USD/h · ran 3m56s
    cost 0.0024 USD · 2 moves, stood still 6.500s

    CPU      ███████████▍░░░░░░░░░░░░  96 of 200 %
                 ▄▅▅▅▄▅▄▅▅▅▅▅▅▅▅▄▅▅▅▅  asked 1:4 cores, has 2, …
    Memory   █│████████████████████│█  1.90 of 1.90 GiB (100 %)
                 ▁▂▃▄▄▅▆▆▇███████████  asked 1:8 GB, has 2, pea…
    Swap     ████▌░░░░░░░░░░░░░░░░░░░  1.54 of 8.00 GiB
                 ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂  in 9.8, out 11.4 MiB/s, …
    waits for memory 38 % · disk read 0.1, write 0.3 MiB/s
    net in 0.0, out 0.0 MiB/s · 3 processes

    Policy   CPU off · memory 5–90 % (30s up, 5m0s down, auto)
             evadeOOM on

    05:30:59  lives on 64 MiB of swap: moves from t3.micro (2Co…
    05:31:04  frozen and saved as checkpoint 1: 900 MiB, dump 0…
    05:31:07  goes on, on t3.small (spot): stood still 3.4 s (r…
    05:32:45  the cloud takes i-2 back in 120 s
    05:32:50  frozen and saved as checkpoint 2: 1800 MiB, dump …
    "
  `)
})

describe.each(Object.entries({ ...STORIES, swapping }))('%s', (_, make) => {
  test.each([60, 80, 137, 250])('no line is wider than %d columns', (columns) => {
    for (const line of topView(make(), columns, false, 'n'.repeat(300)))
      expect(Array.from(line).length).toBeLessThanOrEqual(columns)
  })
  test('without colours there is no escape, and nothing that was not known', () => {
    const text = topView(make(), 80, false).join('\n')
    expect(text).not.toContain(ESCAPE)
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/)
  })
})

test('colours change no letter', () => {
  const plain = topView(swapping(), 90, false).join('\n')
  const painted = topView(swapping(), 90, true).join('\n')
  expect(painted).toContain(ESCAPE)
  const letters = painted
    .split(ESCAPE)
    .map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, '')))
  expect(letters.join('')).toBe(plain)
})

test('what an event quotes cannot move the cursor', () => {
  const story = swapping()
  const events = [{ ...story.events[0]!, sentence: 'killed by \u001b[2J\r\nsomething' }]
  const text = topView({ ...story, events }, 80, false).join('')
  expect([text.includes(ESCAPE), text.includes('\r')]).toEqual([false, false])
})

test('what is not measured now is not shown as if it were', () => {
  const story = swapping()
  const frozen = { ...story, job: { ...story.job, status: 'Floating' as const }, now: story.now + 8000 }
  const lines = topView(frozen, 100, false).join('\n')
  expect(lines).toContain('not measured for 9 s · it stands still: saved, moved or brought back')
  expect(lines).not.toContain('disk read')
})

test('a move that was undone is no move', () => {
  const story = swapping()
  const [first, second] = story.migrations
  const undone = { ...second!, outcome: 'undone' as const, standStillMs: 0 }
  expect(topView({ ...story, migrations: [first!, undone] }, 100, false).join('\n')).toContain('1 move, ')
})
