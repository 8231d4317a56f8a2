import type { JobId } from '@mmcloud/domain'

/** The OpCenter's copy of a job's logs, as far as the engine cares. */
export interface JobLogs {
  /** Keeps `stdout.autosave` and `stderr.autosave` of an ended attempt as `….<attempt>`. Idempotent. */
  rotate(job: JobId, attempt: number): Promise<void>
}
