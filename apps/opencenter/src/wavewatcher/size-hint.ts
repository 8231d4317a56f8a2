import { type Job, type SizeHint, sizeHint } from '@mmcloud/domain'
import { type Samples, stepFor } from '@mmcloud/store'

/** What a job should ask for next time, from all that is kept of it. */
export const hintFor = async (samples: Samples, job: Job, now: number): Promise<SizeHint | undefined> => {
  const from = job.startedAt ?? job.submittedAt
  const to = Math.max(from, job.endedAt ?? now)
  const stepMs = stepFor(from, to, now)
  const { at, series } = await samples.usage(job.id, { from, to, stepMs })
  const of = (name: string, index: number): number => series[name]?.[index] ?? 0
  return sizeHint(
    at.map((_, index) => ({
      spanMs: stepMs,
      cpuPercent: of('cpuPercent', index),
      memBytes: of('memBytes', index),
      memBytesMax: of('memBytesMax', index),
      swapBytes: of('swapBytes', index),
    })),
  )
}
