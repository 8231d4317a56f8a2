import { availableParallelism } from 'node:os'
import { beforeEach, describe, expect, test, vi } from 'vitest'

/** The files of an instance, by their paths. */
const files = vi.hoisted(() => new Map<string, string>())
vi.mock('node:fs', () => ({
  existsSync: (path: string) => files.has(path),
  readFileSync: (path: string) => {
    const text = files.get(path)
    if (text === undefined) throw new Error(`ENOENT ${path}`)
    return text
  },
  readdirSync: (path: string) => [
    ...new Set(
      [...files.keys()]
        .filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1).split('/')[0]!),
    ),
  ],
}))
// Which version it is is asked once: each test is another instance.
const fresh = () => import('./cgroup.ts')
let { instanceCores, jobGroupOf, jobPressureGroup } = await fresh()

const ROOT = '/sys/fs/cgroup'
const half = availableParallelism() / 2
const lay = (texts: Record<string, string>): void => {
  for (const [path, text] of Object.entries(texts)) files.set(`${ROOT}/${path}`, text)
}
beforeEach(async () => {
  files.clear()
  vi.resetModules()
  ;({ instanceCores, jobGroupOf, jobPressureGroup } = await fresh())
})

describe('version 1', () => {
  test('an instance with a limit has so many cores, and parts of them', () => {
    lay({ 'cpu/cpu.cfs_quota_us': `${half * 100_000}\n`, 'cpu/cpu.cfs_period_us': '100000\n' })
    expect(instanceCores()).toBe(half)
  })

  test('one without has the machine’s, and a limit above them is none', () => {
    lay({ 'cpu/cpu.cfs_quota_us': '-1\n', 'cpu/cpu.cfs_period_us': '100000\n' })
    expect(instanceCores()).toBe(availableParallelism())
    lay({ 'cpu/cpu.cfs_quota_us': `${(availableParallelism() + 1) * 100_000}\n` })
    expect(instanceCores()).toBe(availableParallelism())
  })

  test('controllers may be mounted together', () => {
    lay({ 'cpu,cpuacct/cpu.cfs_quota_us': '50000\n', 'cpu,cpuacct/cpu.cfs_period_us': '100000\n' })
    expect(instanceCores()).toBe(0.5)
    expect(jobGroupOf('cpuacct')).toBe(`${ROOT}/cpu,cpuacct/job`)
    expect(jobGroupOf('memory')).toBe(`${ROOT}/memory/job`)
    expect(jobPressureGroup()).toBe(`${ROOT}/unified/job`)
  })
})

describe('version 2', () => {
  beforeEach(() => lay({ 'cgroup.controllers': 'cpu memory\n' }))

  test.each([
    [`${half * 100_000} 100000\n`, half],
    ['max 100000\n', availableParallelism()],
  ])('a limit of %j', (text, cores) => {
    lay({ 'cpu.max': text })
    expect(instanceCores()).toBe(cores)
  })

  test('the machine itself has no limit', () => {
    expect(instanceCores()).toBe(availableParallelism())
    expect(jobGroupOf('cpuacct')).toBe(`${ROOT}/job`)
    expect(jobPressureGroup()).toBe(`${ROOT}/job`)
  })
})
