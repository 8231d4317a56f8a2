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
import { hasEnded } from '@mmcloud/domain'
import type { MigrationRecord } from './migration-record.ts'
import {
  type JobFilter,
  type JobIndexEntry,
  type Records,
  type RecordsTransaction,
  StaleWriteError,
} from './records.ts'
import type { WorkflowRecord } from './workflow-record.ts'

type Tables = {
  jobs: Map<JobId, Job>
  events: Map<JobId, JobEvent[]>
  instances: Map<InstanceId, Instance>
  volumes: Map<VolumeId, Volume>
  checkpoints: Map<JobId, readonly Checkpoint[]>
  workflows: Map<WorkflowId, WorkflowRecord>
  migrations: Map<JobId, MigrationRecord[]>
}

/** Records in memory that behave: one transaction at a time, all of it or nothing, versions checked. */
export const createMemoryRecords = (): Records => {
  let tables: Tables = {
    jobs: new Map(),
    events: new Map(),
    instances: new Map(),
    volumes: new Map(),
    checkpoints: new Map(),
    workflows: new Map(),
    migrations: new Map(),
  }
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    read: (work) => inTurn(() => work(new MemoryTransaction(tables))),
    write: (work) =>
      inTurn(async () => {
        const draft = structuredClone(tables)
        const result = await work(new MemoryTransaction(draft))
        tables = draft
        return result
      }),
    close: async () => undefined,
  }
}

class MemoryTransaction implements RecordsTransaction {
  readonly #tables: Tables

  constructor(tables: Tables) {
    this.#tables = tables
  }

  async job(id: JobId): Promise<Job | undefined> {
    return this.#tables.jobs.get(id)
  }

  async jobs(filter: JobFilter): Promise<readonly Job[]> {
    return [...this.#tables.jobs.values()]
      .filter((job) => filter.statuses === undefined || filter.statuses.includes(job.status))
      .filter((job) => filter.live !== true || !hasEnded(job.status))
      .filter((job) => filter.user === undefined || job.user === filter.user)
      .filter((job) => filter.ids === undefined || filter.ids.includes(job.id))
      .toReversed()
      .toSorted((a, b) => b.submittedAt - a.submittedAt)
  }

  async jobIndex(): Promise<readonly JobIndexEntry[]> {
    return (await this.jobs({})).map(({ id, user, status, spec, residence }) => ({
      id,
      user,
      status,
      name: spec.name,
      image: spec.image.name,
      instanceType: spec.instanceType ?? '',
      ...(residence.kind === 'running' ? { instance: residence.instance } : {}),
    }))
  }

  async jobCounts(): Promise<Partial<Record<JobStatus, number>>> {
    const counts: Partial<Record<JobStatus, number>> = {}
    for (const { status } of this.#tables.jobs.values()) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  async events(job: JobId, after = 0): Promise<readonly JobEvent[]> {
    return (this.#tables.events.get(job) ?? []).filter((event) => event.seq > after)
  }

  async instance(id: InstanceId): Promise<Instance | undefined> {
    return this.#tables.instances.get(id)
  }

  async instances(filter: { readonly job?: JobId; readonly live?: boolean }): Promise<readonly Instance[]> {
    return [...this.#tables.instances.values()].filter(
      (instance) =>
        (filter.job === undefined || instance.jobId === filter.job) &&
        (filter.live !== true || instance.state !== 'gone'),
    )
  }

  async volume(id: VolumeId): Promise<Volume | undefined> {
    return this.#tables.volumes.get(id)
  }

  async volumes(filter: { readonly job?: JobId; readonly live?: boolean }): Promise<readonly Volume[]> {
    return [...this.#tables.volumes.values()].filter(
      (volume) =>
        (filter.job === undefined || volume.jobId === filter.job) &&
        (filter.live !== true || volume.state !== 'deleted'),
    )
  }

  async checkpoints(job: JobId): Promise<readonly Checkpoint[]> {
    return this.#tables.checkpoints.get(job) ?? []
  }

  async workflow(id: WorkflowId): Promise<WorkflowRecord | undefined> {
    return this.#tables.workflows.get(id)
  }

  async openWorkflows(): Promise<readonly WorkflowRecord[]> {
    return [...this.#tables.workflows.values()].filter(
      ({ direction }) => direction === 'forward' || direction === 'undoing',
    )
  }

  async migrations(job: JobId): Promise<readonly MigrationRecord[]> {
    return this.#tables.migrations.get(job) ?? []
  }

  async insertJob(job: Job): Promise<void> {
    insert(this.#tables.jobs, job)
  }
  async updateJob(job: Job): Promise<void> {
    update(this.#tables.jobs, job)
  }
  async insertInstance(instance: Instance): Promise<void> {
    insert(this.#tables.instances, instance)
  }
  async updateInstance(instance: Instance): Promise<void> {
    update(this.#tables.instances, instance)
  }
  async insertVolume(volume: Volume): Promise<void> {
    insert(this.#tables.volumes, volume)
  }
  async updateVolume(volume: Volume): Promise<void> {
    update(this.#tables.volumes, volume)
  }
  async insertWorkflow(workflow: WorkflowRecord): Promise<void> {
    insert(this.#tables.workflows, workflow)
  }
  async updateWorkflow(workflow: WorkflowRecord): Promise<void> {
    update(this.#tables.workflows, workflow)
  }

  async addEvent(job: JobId, event: Omit<JobEvent, 'seq'>): Promise<void> {
    const events = this.#tables.events.get(job) ?? []
    this.#tables.events.set(job, [...events, { ...event, seq: events.length + 1 }])
  }

  async putCheckpoints(job: JobId, checkpoints: readonly Checkpoint[]): Promise<void> {
    this.#tables.checkpoints.set(
      job,
      checkpoints.toSorted((a, b) => a.seq - b.seq),
    )
  }

  async putMigration(job: JobId, migration: MigrationRecord): Promise<void> {
    const others = (this.#tables.migrations.get(job) ?? []).filter(({ id }) => id !== migration.id)
    this.#tables.migrations.set(
      job,
      [...others, migration].toSorted((a, b) => a.startedAt - b.startedAt),
    )
  }
}

type Versioned<Id> = { readonly id: Id; readonly version: number }

const insert = <Id, T extends Versioned<Id>>(table: Map<Id, T>, record: T): void => {
  if (table.has(record.id)) throw new Error(`${String(record.id)} exists already`)
  table.set(record.id, record)
}

const update = <Id, T extends Versioned<Id>>(table: Map<Id, T>, record: T): void => {
  const found = table.get(record.id)
  if (found?.version !== record.version - 1) {
    throw new StaleWriteError(
      `${String(record.id)} is at version ${found?.version ?? 'none'}, not ${record.version - 1}`,
    )
  }
  table.set(record.id, record)
}
