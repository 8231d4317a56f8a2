import type {
  Checkpoint,
  Instance,
  InstanceId,
  Job,
  JobEvent,
  JobId,
  JobStatus,
  Volume,
  VolumeId,
  WorkflowId,
} from '@mmcloud/domain'
import type { MigrationRecord } from './migration-record.ts'
import type { WorkflowRecord } from './workflow-record.ts'

/**
 * Everything the control plane must not forget. Written only through `write`, one transaction at a time, durable
 * when it resolves; inside it nothing is awaited but the records. Every record carries a `version`: an update that
 * names an older one changes nothing and throws `StaleWriteError`.
 */
export interface Records {
  read<T>(work: (view: RecordsView) => Promise<T>): Promise<T>
  write<T>(work: (tx: RecordsTransaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export type JobFilter = {
  readonly statuses?: readonly JobStatus[]
  /** True: only jobs that have not ended. */
  readonly live?: boolean
  readonly user?: string
  readonly ids?: readonly JobId[]
}

/** What lists are filtered by. */
export type JobIndexEntry = Pick<Job, 'id' | 'user' | 'status'> & {
  readonly name: string
  /** As the user wrote it. */
  readonly image: string
  /** As asked for; `""` = any. */
  readonly instanceType: string
  /** The one named by its residence. */
  readonly instance?: InstanceId
}

export interface RecordsView {
  job(id: JobId): Promise<Job | undefined>
  /** Newest first. */
  jobs(filter: JobFilter): Promise<readonly Job[]>
  /** Every job that ever was, newest first, without reading the jobs themselves: ten thousand in some ten milliseconds. */
  jobIndex(): Promise<readonly JobIndexEntry[]>
  jobCounts(): Promise<Partial<Record<JobStatus, number>>>
  /** Oldest first; `after` = only events with a higher `seq`. */
  events(job: JobId, after?: number): Promise<readonly JobEvent[]>
  instance(id: InstanceId): Promise<Instance | undefined>
  /** Those not `gone`; of one job if named, the gone ones included. */
  instances(filter: { readonly job?: JobId; readonly live?: boolean }): Promise<readonly Instance[]>
  volume(id: VolumeId): Promise<Volume | undefined>
  volumes(filter: { readonly job?: JobId; readonly live?: boolean }): Promise<readonly Volume[]>
  checkpoints(job: JobId): Promise<readonly Checkpoint[]>
  workflow(id: WorkflowId): Promise<WorkflowRecord | undefined>
  /** Workflows that have not ended: at start these are gone on with. */
  openWorkflows(): Promise<readonly WorkflowRecord[]>
  migrations(job: JobId): Promise<readonly MigrationRecord[]>
}

export interface RecordsTransaction extends RecordsView {
  insertJob(job: Job): Promise<void>
  /** Replaces the record whose version is `job.version - 1`. */
  updateJob(job: Job): Promise<void>
  /** `seq` is given by the store: 1, 2, … per job. */
  addEvent(job: JobId, event: Omit<JobEvent, 'seq'>): Promise<void>
  insertInstance(instance: Instance): Promise<void>
  updateInstance(instance: Instance): Promise<void>
  insertVolume(volume: Volume): Promise<void>
  updateVolume(volume: Volume): Promise<void>
  /** Replaces what is known of a job's checkpoints. */
  putCheckpoints(job: JobId, checkpoints: readonly Checkpoint[]): Promise<void>
  insertWorkflow(workflow: WorkflowRecord): Promise<void>
  updateWorkflow(workflow: WorkflowRecord): Promise<void>
  putMigration(job: JobId, migration: MigrationRecord): Promise<void>
}

export class StaleWriteError extends Error {
  override readonly name = 'StaleWriteError'
}
