import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Product } from '@mmcloud/testkit'
import type { Figure } from '../figures.ts'
import { median, percentile } from '../statistics.ts'
import { measureIngest } from './ingest.ts'
import { bytesPerJobDay, commitTimes } from './kept.ts'
import { overheadPercent } from './overhead.ts'
import { queryTimes } from './query.ts'

const JOBS = 1000
const SECONDS = 60
const QUERIES = 10
const BESIDE_SECONDS = 30

/** What it costs to take in, keep and answer what a thousand jobs use. */
export const measureSamples = async (
  product: Product,
  say: (line: string) => void,
): Promise<readonly Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'mmcloud-samples-'))
  try {
    say(`samples of ${JOBS} jobs for ${SECONDS} s …`)
    const { cpuPercent, acknowledgedMs } = await measureIngest(folder, JOBS, SECONDS)
    const commits = commitTimes(folder, JOBS, SECONDS)
    say(`what runs beside a job that sleeps, for ${BESIDE_SECONDS} s …`)
    const beside = await overheadPercent(product, BESIDE_SECONDS)
    say('a day of samples, and rolling it up …')
    const disk = bytesPerJobDay(folder)
    const queries = await queryTimes(product, QUERIES)
    const sent = `${acknowledgedMs.length} in ${SECONDS} s`
    return [
      { name: `${JOBS} jobs, a sample each second: samples acknowledged`, value: sent },
      {
        name: '… CPU of the OpCenter, of one core',
        value: `${cpuPercent.toFixed(1)} %`,
        goal: '100 %',
        met: cpuPercent <= 100 && acknowledgedMs.length >= JOBS * (SECONDS - 2),
      },
      { name: '… a transaction of them, median; p95', value: milliseconds(commits) },
      {
        name: '… from sent to durable, one transaction a second, median; p95',
        value: milliseconds(acknowledgedMs),
      },
      { name: 'all that runs beside a job, of one core', value: `${beside.toFixed(1)} %` },
      { name: 'disk per job and day, every second', value: megabytes(disk.raw) },
      { name: '… rolled up to 10 s; to 1 min', value: `${megabytes(disk.tens)}; ${megabytes(disk.minutes)}` },
      {
        name: 'a day of a job by the API, every second of it kept, median; p95',
        value: milliseconds(queries),
        goal: '100 ms',
        met: median(queries) <= 100,
      },
    ]
  } finally {
    await rm(folder, { recursive: true })
  }
}

const milliseconds = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} ms; ${percentile(values, 95).toFixed(1)} ms`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`
