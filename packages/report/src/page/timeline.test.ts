import { expect, test } from 'vitest'
import { grewTwice, neverRan, STORIES, veryShort } from '../fake-stories.ts'
import { apart } from './frame.ts'
import { timelineOf } from './timeline.ts'

const at = (seconds: number): number => Date.parse('2026-11-23T05:30:00Z') + seconds * 1000

test('a stay is from the first instruction on an instance to the freeze that ended it', () => {
  const { bands, standStills, marks } = timelineOf(grewTwice())
  expect(bands.map(({ letter, machine, from, to }) => [letter, machine.instanceType, from, to])).toEqual([
    ['A', 't3.micro', at(-4), at(64)],
    ['B', 't3.small', at(67.4), at(170)],
    ['C', 't3a.small', at(173.1), at(248)],
    ['D', 't3.large', at(252.9), at(540)],
  ])
  expect(standStills[0]).toEqual({ from: at(64), to: at(67.4) })
  expect(marks.map(({ number, at: time }) => [number, time])).toEqual([
    [1, at(59)],
    [2, at(165)],
    [3, at(243)],
  ])
})

test('an instance the job never came to has no stay, and the job stays where it was', () => {
  const story = grewTwice()
  const [first] = story.migrations
  const failed = { ...first!, outcome: 'undone' as const, endTime: story.instances[1]?.endTime ?? '' }
  const { bands } = timelineOf({ ...story, migrations: [failed], instances: story.instances.slice(0, 2) })
  expect(bands.map(({ machine }) => machine.instance)).toEqual(['i-1'])
})

test.each(Object.entries(STORIES))('%s: all lies within the axis, stays do not overlap', (_, make) => {
  const story = make()
  const { from, to, bands, standStills, marks } = timelineOf(story)
  expect(to).toBeGreaterThan(from)
  for (const span of [...bands, ...standStills]) {
    expect(span.from).toBeGreaterThanOrEqual(from)
    expect(span.to).toBeGreaterThanOrEqual(span.from)
    expect(span.to).toBeLessThanOrEqual(to)
  }
  bands.slice(1).forEach((band, index) => expect(band.from).toBeGreaterThanOrEqual(bands[index]?.to ?? 0))
  for (const mark of marks) expect(mark.at).toBeGreaterThanOrEqual(from)
})

test('a job that never ran has an axis all the same', () => {
  expect(timelineOf(neverRan())).toMatchObject({ bands: [], marks: [] })
  expect(timelineOf(veryShort()).to - timelineOf(veryShort()).from).toBe(7000)
})

test('labels are moved apart and stay within their panel', () => {
  const placed = apart([{ y: 50 }, { y: 51 }, { y: 99 }, { y: 100 }], 12, 0, 100)
  expect(placed.map(({ y }) => y)).toEqual([50, 62, 88, 100])
})

test('a stay on an instance that was lost ends where the program was lost, not when that was noticed', () => {
  const story = grewTwice()
  const migrations = story.migrations.map((move, index) => {
    const { source: _, ...rest } = move
    return index === 1 ? { ...rest, trigger: 'lost' as const } : move
  })
  expect(timelineOf({ ...story, migrations }).bands.map(({ to }) => to)).toEqual([
    at(64),
    at(170),
    at(248),
    at(540),
  ])
})
