import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const cgroup = vi.hoisted(() => ({ version: 2, root: '' }))
vi.mock('../container/cgroup.ts', () => ({
  cgroupVersion: () => cgroup.version,
  jobGroupOf: (controller: string) =>
    cgroup.version === 2 ? `${cgroup.root}/job` : `${cgroup.root}/${controller}/job`,
  jobPressureGroup: () => `${cgroup.root}/${cgroup.version === 2 ? '' : 'unified/'}job`,
  jobProcesses: () => [1, 2, 3],
  textOf: (file: string) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  },
}))
const { readUsage } = await import('./read-usage.ts')

beforeEach(() => (cgroup.root = mkdtempSync(join(tmpdir(), 'mmw-usage-'))))
afterEach(() => rmSync(cgroup.root, { recursive: true }))

const lay = (files: Record<string, string>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cgroup.root, path, '..'), { recursive: true })
    writeFileSync(join(cgroup.root, path), text)
  }
}
const PRESSURE =
  'some avg10=0.00 avg60=0.00 avg300=0.00 total=700\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n'

test('version 2: one group tells all', () => {
  cgroup.version = 2
  lay({
    'job/cpu.stat': 'usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n',
    'job/memory.stat': 'anon 100\nfile 50\nshmem 20\npswpin 2\npswpout 3\n',
    'job/memory.swap.current': '40\n',
    'job/memory.pressure': PRESSURE,
  })
  const usage = readUsage([])
  expect(usage).toMatchObject({ cpuUs: 1500, memBytes: 120, cacheBytes: 30, swapBytes: 40, memStallUs: 700 })
  // Whole pages, whatever their size on this machine.
  expect(usage?.swapped?.outBytes).toBeGreaterThanOrEqual(3 * 4096)
  expect(usage?.swapped?.inBytes).toBe((usage!.swapped!.outBytes / 3) * 2)
  expect(usage).toMatchObject({ processes: 3, diskReadBytes: 0, diskWriteBytes: 0 })
})

const ON_VERSION_1 = {
  'cpuacct/job/cpuacct.usage': '1500000\n',
  'memory/job/memory.stat': 'rss 1\ntotal_cache 50\ntotal_rss 100\ntotal_shmem 20\ntotal_swap 40\n',
}

test('version 1: each controller tells its own, the empty tree of version 2 of waiting', () => {
  cgroup.version = 1
  lay({ ...ON_VERSION_1, 'unified/job/memory.pressure': PRESSURE })
  const usage = readUsage(['/dev/that-is-not-there'])
  expect(usage).toMatchObject({ cpuUs: 1500, memBytes: 120, cacheBytes: 30, swapBytes: 40, memStallUs: 700 })
  expect(usage).not.toHaveProperty('swapped')
})

test('version 1 alone says nothing of waiting', () => {
  cgroup.version = 1
  lay(ON_VERSION_1)
  expect(readUsage([])).not.toHaveProperty('memStallUs')
})

test.each([1, 2])('version %d: a group that is gone has used nothing that could be told', (version) => {
  cgroup.version = version
  expect(readUsage([])).toBeUndefined()
})
