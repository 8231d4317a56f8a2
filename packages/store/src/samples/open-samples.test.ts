import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobId, Sample } from '@mmcloud/domain'
import { expect, onTestFinished, test } from 'vitest'
import { openSamples } from './open-samples.ts'

const JOB = 'a' as JobId
const sample = (at: number): Sample => ({
  at,
  spanMs: 1000,
  cpuPercent: 50,
  memBytes: 1,
  cacheBytes: 1,
  swapBytes: 0,
  swapInRate: 0,
  swapOutRate: 0,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 1,
  capacityCpu: 1,
  capacityMemBytes: 2,
  capacitySwapBytes: 0,
})

test('what was added is there when that is told, also after closing and opening again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mmcloud-samples-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'samples.db')
  const troubles: string[] = []
  const samples = openSamples(path, (trouble) => troubles.push(trouble))
  const now = Date.now()
  await Promise.all([samples.add(JOB, [sample(now)]), samples.add(JOB, [sample(now + 1000)])])
  expect(await samples.raw(JOB, now)).toEqual([sample(now + 1000)])
  await samples.close()
  await expect(samples.add(JOB, [])).rejects.toThrow('closed')

  const again = openSamples(path, (trouble) => troubles.push(trouble))
  expect(await again.jobs()).toEqual([JOB])
  expect(
    (await again.usage(JOB, { from: 0, to: now + 5000, stepMs: 60_000 })).series['cpuPercent'],
  ).toContain(50)
  await again.forget(JOB)
  expect(await again.jobs()).toEqual([])
  await again.close()
  expect(troubles).toEqual([])
})

test('a file that is none is told, and whoever asks hears of it', async () => {
  const troubles: string[] = []
  const samples = openSamples('/proc/none/samples.db', (trouble) => troubles.push(trouble))
  await expect(samples.add(JOB, [sample(1)])).rejects.toThrow()
  expect(troubles.length).toBeGreaterThan(0)
  await samples.close()
})
