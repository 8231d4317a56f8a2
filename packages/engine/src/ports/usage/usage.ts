import type { InstanceId, JobId, Sample } from '@mmcloud/domain'

/** What running jobs use, as measured lately. */
export interface Usage {
  /**
   * The raw samples of that job measured on that instance, ascending, as far back as they are kept at hand (an hour);
   * those that came late are in their place, a hole stays a hole. Empty when nothing was heard. Never waits.
   */
  recent(job: JobId, instance: InstanceId): readonly Sample[]
}
