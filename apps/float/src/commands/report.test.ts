import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { grewTwice } from '@mmcloud/report/fake-stories'
import { answersOf } from '@mmcloud/report/fake-story'
import { AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

const reporting = () => {
  const world = fakeWorld(answersOf(grewTwice()))
  const report = (...flags: string[]) => world.float('report', ...AUTH, '-j', JOB_ID, ...flags)
  return { ...world, report, path: join(world.home, 'report.html') }
}

test('the page is written whole, and written again over itself', async () => {
  const { report, path, home } = reporting()
  const said = { code: 0, stdout: `Report written to ${path}\n`, stderr: '' }
  expect(await report('--html', path)).toEqual(said)
  expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/)
  expect(await report('--html', path)).toEqual(said)
  expect(readdirSync(home).filter((name) => name.includes('report'))).toEqual(['report.html'])
})

test('a file of somebody else stays, unless forced', async () => {
  const { report, path, requests } = reporting()
  writeFileSync(path, 'mine')
  const refused = await report('--html', path)
  expect([refused.code, readFileSync(path, 'utf8')]).toEqual([1, 'mine'])
  expect(refused.stderr).toContain('is not a report; --force')
  expect(requests).toEqual([])
  expect((await report('--html', path, '-f')).code).toBe(0)
  expect(readFileSync(path, 'utf8')).toContain('flights-by-month')
})

test('what is no file is never replaced, and nothing is made where there is no folder', async () => {
  const { report, path, home } = reporting()
  mkdirSync(path)
  expect((await report('--html', path, '--force')).stderr).toContain('is not a file')
  symlinkSync('/dev/null', join(home, 'link'))
  expect((await report('--html', join(home, 'link'), '--force')).code).toBe(1)
  expect((await report('--html', join(home, 'no', 'r.html'))).stderr).toContain('no such file or directory')
  expect(existsSync(join(home, 'no'))).toBe(false)
})

test('without a file it is told in words, and to programs as data', async () => {
  const { report } = reporting()
  const { stdout } = await report()
  expect(stdout).toContain('Against all on demand  68 % saved')
  expect(stdout).toContain(
    'evade OOM: t3.micro (2Core1GB/Spot) to t3.small (2Core2GB/Spot), stood still 3.400s',
  )
  expect(JSON.parse((await report('-F', 'json')).stdout)).toMatchObject({
    job: { id: JOB_ID },
    migrations: [{ trigger: 'evadeOOM' }, { trigger: 'reclaim' }, { trigger: 'policyMemUp' }],
  })
})

test('a worker that measures no stall gives a page, a text and yaml all the same', async () => {
  const story = grewTwice()
  const memStallPercent = story.usage.at.map(() => null)
  const unmeasured = {
    ...story,
    usage: { ...story.usage, series: { ...story.usage.series, memStallPercent } },
  }
  const world = fakeWorld(answersOf(unmeasured))
  const path = join(world.home, 'page.html')
  for (const flags of [[], ['-F', 'yaml'], ['--html', path]])
    expect(await world.float('report', ...AUTH, '-j', JOB_ID, ...flags)).toMatchObject({
      code: 0,
      stderr: '',
    })
  expect(readFileSync(path, 'utf8')).not.toContain('Waiting for memory')
})
