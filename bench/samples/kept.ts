import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { SamplesFile } from '@mmcloud/store/samples/samples-file'
import { sampleLoad } from './load.ts'

const DAY_MS = 86_400_000
const SECONDS_PER_COMMIT = 20

/** A day of samples of these jobs, as they come: all jobs each second. */
export const fillDay = (path: string, jobs: readonly string[], endsAt: number): void => {
  const load = sampleLoad()
  const file = new SamplesFile(path)
  for (let at = endsAt - DAY_MS; at < endsAt; at += SECONDS_PER_COMMIT * 1000) {
    const seconds = Array.from({ length: SECONDS_PER_COMMIT }, (_, n) => at + (n + 1) * 1000)
    file.add(jobs.map((job) => ({ job, samples: seconds.map(load) })))
  }
  file.close()
}

/** Milliseconds of each transaction with a sample of every job, as there is one each second. */
export const commitTimes = (folder: string, jobs: number, commits: number): number[] => {
  const load = sampleLoad()
  const file = new SamplesFile(join(folder, 'commits.db'))
  const now = Date.now()
  const times = Array.from({ length: commits }, (_, n) => {
    const batches = Array.from({ length: jobs }, (__, job) => ({
      job: `job-${job}`,
      samples: [load(now + n * 1000 + job)],
    }))
    const before = performance.now()
    file.add(batches)
    return performance.now() - before
  })
  file.close()
  return times
}

export type DiskUse = { readonly raw: number; readonly tens: number; readonly minutes: number }

/** Bytes that a day of a job takes: as measured, and after each rolling up. */
export const bytesPerJobDay = (folder: string): DiskUse => {
  const path = join(folder, 'kept.db')
  const jobs = Array.from({ length: 10 }, (_, n) => `job-${n}`)
  const now = Date.now()
  fillDay(path, jobs, now)
  const perJob = (): number => usedBytes(path) / jobs.length
  const rolledUp = (age: number): number => {
    const file = new SamplesFile(path)
    for (const _ of file.rollUp(now + age)) continue
    file.close()
    return perJob()
  }
  return { raw: perJob(), tens: rolledUp(2 * DAY_MS), minutes: rolledUp(9 * DAY_MS) }
}

/** Without the pages that are free for what comes next. */
const usedBytes = (path: string): number => {
  const db = new DatabaseSync(path)
  const pragma = (name: string): number =>
    Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number
  const bytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  db.close()
  return bytes
}
