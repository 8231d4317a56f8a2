import { expect, test } from 'vitest'
import { grewTwice, veryShort } from '@mmcloud/report/fake-stories'
import { answersOf } from '@mmcloud/report/fake-story'
import { AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'
import { migrationTable } from './migrations.ts'

const call = ['migrations', ...AUTH, '-j', JOB_ID] as const

test('each move is a row with its sentence below', async () => {
  const { stdout } = await fakeWorld(answersOf(grewTwice())).float(...call)
  expect(stdout).toMatchInlineSnapshot(`
    "+----------------+-----------+---------------------------+---------------------------+-------------+----------+---------+
    | STARTED        | TRIGGER   | FROM                      | TO                        | STOOD STILL | COST     | SAVED/H |
    +----------------+-----------+---------------------------+---------------------------+-------------+----------+---------+
    | 11-23 05:30:59 | evade OOM | t3.micro (2Core1GB/Spot)  | t3.small (2Core2GB/Spot)  | 3.400s      | 0.000021 | -0.0032 |
    |   lives on 64 MiB of swap: moves from t3.micro (2Core1GB/Spot) to t3.small (2Core2GB/Spot), 0.0063 USD/h, before      |
    |   memory runs out                                                                                                     |
    | 11-23 05:32:45 | reclaim   | t3.small (2Core2GB/Spot)  | t3a.small (2Core2GB/Spot) | 3.100s      | 0.000042 | 0.00040 |
    |   the cloud takes i-2 back in 120 s                                                                                   |
    | 11-23 05:34:03 | memory up | t3a.small (2Core2GB/Spot) | t3.large (2Core8GB/Spot)  | 4.900s      | 0.000063 | -0.0192 |
    |   memory at 96 % for 30 s, the bound is 90 %: moves from t3a.small (2Core2GB/Spot) to t3.large (2Core8GB/Spot),       |
    |   0.0251 USD/h                                                                                                        |
    +----------------+-----------+---------------------------+---------------------------+-------------+----------+---------+
    "
  `)
})

test('on a narrow screen the sentences are left out', () => {
  const moves = grewTwice().migrations
  const [wide, narrow] = [migrationTable(moves, 200), migrationTable(moves, 80)]
  expect(wide).toContain('lives on 64 MiB of swap')
  expect(narrow).not.toContain('lives on 64 MiB of swap')
  expect(narrow.trimEnd().split('\n')).toHaveLength(7)
  expect(
    new Set(
      wide
        .trimEnd()
        .split('\n')
        .map((line) => line.length),
    ).size,
  ).toBe(1)
})

test('programs get the ledger as it is, and an empty one is an array too', async () => {
  const story = grewTwice()
  const { stdout } = await fakeWorld(answersOf(story)).float(...call, '-F', 'json')
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(story.migrations)))
  const none = fakeWorld(answersOf(veryShort()))
  expect((await none.float(...call, '-F', 'json')).stdout).toBe('[]\n')
  expect((await none.float(...call)).stdout).toBe('No moves\n')
})
