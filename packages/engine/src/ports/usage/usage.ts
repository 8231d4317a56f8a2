import type { InstanceId, Job, JobId, Sample, SizeHint } from '@mmcloud/domain'

/** What jobs use. */
export interface Usage {
  /**
   * The raw samples of that job measured on that instance, ascending, as far back as they are kept at hand (an hour);
   * those that came late are in their place, a hole stays a hole. Empty when nothing was heard. Never waits.
   */
  recent(job: JobId, instance: InstanceId): readonly Sample[]
  /** What this job should ask for next time, from all that is kept of it; nothing when too little was measured to say. */
  sizeHint(job: Job): Promise<SizeHint | undefined>
}
