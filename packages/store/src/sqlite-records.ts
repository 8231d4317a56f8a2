import {
  hasEnded,
  type Instance,
  type InstanceId,
  type Job,
  type JobId,
  type JobStatus,
  type Volume,
} from '@mmcloud/domain'
import type {
  JobFilter,
  JobIndexEntry,
  MigrationRecord,
  Records,
  RecordsTransaction,
  RecordsView,
  WorkflowRecord,
} from '@mmcloud/engine'
import { StaleWriteError } from '@mmcloud/engine'
import type { Insertable, Kysely, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** The records port on SQLite: one connection, so that transactions come one after the other. */
export const createSqliteRecords = (database: Kysely<Tables>): Records => {
  const known = new LiveJobs()
  return {
    read: (work) =>
      database.transaction().execute((tx) => work(reads(tx, (filter) => known.select(tx, filter)))),
    write: (work) =>
      database
        .transaction()
        .execute((tx) => work({ ...reads(tx, (filter) => selectJobs(tx, filter)), ...writes(tx) })),
    close: () => database.destroy(),
  }
}

/**
 * The jobs that have not ended are looked at twice a second; only those that have changed are read again: of ten thousand in
 * 17 ms instead of 45. Records are never changed in place, so that all may share them. Only what is committed is kept,
 * since a version that is taken back is given anew.
 */
class LiveJobs {
  #jobs: ReadonlyMap<string, Job> = new Map()

  async select(tx: Transaction<Tables>, filter: JobFilter): Promise<readonly Job[]> {
    if (filter.live !== true || Object.keys(filter).length > 1) return selectJobs(tx, filter)
    const rows = await tx
      .selectFrom('jobs')
      .select(['id', 'version'])
      .where('live', '=', 1)
      .orderBy('submitted_at', 'desc')
      .orderBy('rowid' as 'id', 'desc')
      .execute()
    const changed = rows.filter(({ id, version }) => this.#jobs.get(id)?.version !== version)
    const fresh =
      changed.length > MOST_NAMED
        ? await selectJobs(tx, { live: true })
        : await selectJobs(tx, { ids: changed.map(({ id }) => id as JobId) })
    const read = new Map<string, Job>(fresh.map((job) => [job.id, job]))
    this.#jobs = new Map(rows.map(({ id }) => [id, (read.get(id) ?? this.#jobs.get(id))!]))
    return [...this.#jobs.values()]
  }
}

/** As many ids as one statement may name without becoming slower than reading all. */
const MOST_NAMED = 1000

const parsed = <T>(row: { body: string } | undefined): T | undefined =>
  row === undefined ? undefined : (JSON.parse(row.body) as T)
const parsedAll = <T>(rows: readonly { body: string }[]): readonly T[] =>
  rows.map((row) => JSON.parse(row.body) as T)

const reads = (tx: Transaction<Tables>, jobs: RecordsView['jobs']): RecordsView => {
  const byId = async <T>(table: 'jobs' | 'instances' | 'volumes' | 'workflows', id: string) =>
    parsed<T>(await tx.selectFrom(table).select('body').where('id', '=', id).executeTakeFirst())

  const ofJob = async <T>(table: 'instances' | 'volumes', filter: { job?: JobId; live?: boolean }) => {
    let query = tx
      .selectFrom(table)
      .select('body')
      .orderBy('rowid' as 'id')
    if (filter.job !== undefined) query = query.where('job', '=', filter.job)
    if (filter.live === true) query = query.where('live', '=', 1)
    return parsedAll<T>(await query.execute())
  }

  return {
    job: (id) => byId('jobs', id),
    jobs,
    jobIndex: () => selectIndex(tx),
    jobCounts: async () => {
      const rows = await tx
        .selectFrom('jobs')
        .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
        .groupBy('status')
        .execute()
      return Object.fromEntries(rows.map((row) => [row.status, row.count])) as Partial<
        Record<JobStatus, number>
      >
    },
    events: async (job, after = 0) =>
      parsedAll(
        await tx
          .selectFrom('events')
          .select('body')
          .where('job', '=', job)
          .where('seq', '>', after)
          .orderBy('seq')
          .execute(),
      ),
    instance: (id) => byId('instances', id),
    instances: (filter) => ofJob('instances', filter),
    volume: (id) => byId('volumes', id),
    volumes: (filter) => ofJob('volumes', filter),
    checkpoints: async (job) =>
      parsedAll(
        await tx.selectFrom('checkpoints').select('body').where('job', '=', job).orderBy('seq').execute(),
      ),
    workflow: (id) => byId('workflows', id),
    openWorkflows: async () =>
      parsedAll(await tx.selectFrom('workflows').select('body').where('open', '=', 1).execute()),
    migrations: async (job) =>
      parsedAll<MigrationRecord>(
        await tx
          .selectFrom('migrations')
          .select('body')
          .where('job', '=', job)
          .orderBy('started_at')
          .execute(),
      ),
  }
}

const selectJobs = async (tx: Transaction<Tables>, filter: JobFilter): Promise<readonly Job[]> => {
  if (filter.statuses?.length === 0 || filter.ids?.length === 0) return []
  let query = tx
    .selectFrom('jobs')
    .select('body')
    .orderBy('submitted_at', 'desc')
    .orderBy('rowid' as 'id', 'desc')
  if (filter.statuses !== undefined) query = query.where('status', 'in', filter.statuses)
  if (filter.live === true) query = query.where('live', '=', 1)
  if (filter.user !== undefined) query = query.where('user', '=', filter.user)
  if (filter.ids !== undefined) query = query.where('id', 'in', filter.ids)
  return parsedAll(await query.execute())
}

/** All columns are in the index `jobs_list`: no job is read. */
const selectIndex = async (tx: Transaction<Tables>): Promise<readonly JobIndexEntry[]> => {
  const rows = await tx
    .selectFrom('jobs')
    .select(['id', 'user', 'status', 'name', 'image', 'instance_type', 'instance'])
    .orderBy('submitted_at', 'desc')
    .orderBy('rowid' as 'id', 'desc')
    .execute()
  return rows.map(({ instance_type: instanceType, instance, ...row }) => ({
    ...row,
    id: row.id as JobId,
    status: row.status as JobStatus,
    instanceType,
    ...(instance === null ? {} : { instance: instance as InstanceId }),
  }))
}

const jobRow = (job: Job): Insertable<Tables['jobs']> => ({
  id: job.id,
  user: job.user,
  status: job.status,
  live: hasEnded(job.status) ? 0 : 1,
  submitted_at: job.submittedAt,
  version: job.version,
  body: JSON.stringify(job),
})
const instanceRow = (instance: Instance): Tables['instances'] => ({
  id: instance.id,
  job: instance.jobId,
  live: instance.state === 'gone' ? 0 : 1,
  version: instance.version,
  body: JSON.stringify(instance),
})
const volumeRow = (volume: Volume): Tables['volumes'] => ({
  id: volume.id,
  job: volume.jobId ?? '',
  live: volume.state === 'deleted' ? 0 : 1,
  version: volume.version,
  body: JSON.stringify(volume),
})
const workflowRow = (workflow: WorkflowRecord): Tables['workflows'] => ({
  id: workflow.id,
  job: workflow.jobId,
  open: workflow.direction === 'forward' || workflow.direction === 'undoing' ? 1 : 0,
  version: workflow.version,
  body: JSON.stringify(workflow),
})

type VersionedTable = 'jobs' | 'instances' | 'volumes' | 'workflows'

const writes = (tx: Transaction<Tables>): Omit<RecordsTransaction, keyof RecordsView> => {
  const insert = async (table: VersionedTable, row: { id: string; version: number }): Promise<void> => {
    await tx
      .insertInto(table as 'jobs')
      .values(row as Insertable<Tables['jobs']>)
      .execute()
  }
  const update = async (table: VersionedTable, row: { id: string; version: number }): Promise<void> => {
    const result = await tx
      .updateTable(table as 'jobs')
      .set(row as Insertable<Tables['jobs']>)
      .where('id', '=', row.id)
      .where('version', '=', row.version - 1)
      .executeTakeFirst()
    if (result.numUpdatedRows !== 1n) {
      throw new StaleWriteError(`${row.id} in ${table} is not at version ${row.version - 1}`)
    }
  }
  return {
    insertJob: (job) => insert('jobs', jobRow(job)),
    updateJob: (job) => update('jobs', jobRow(job)),
    insertInstance: (instance) => insert('instances', instanceRow(instance)),
    updateInstance: (instance) => update('instances', instanceRow(instance)),
    insertVolume: (volume) => insert('volumes', volumeRow(volume)),
    updateVolume: (volume) => update('volumes', volumeRow(volume)),
    insertWorkflow: (workflow) => insert('workflows', workflowRow(workflow)),
    updateWorkflow: (workflow) => update('workflows', workflowRow(workflow)),
    addEvent: async (job, event) => {
      const last = await tx
        .selectFrom('events')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .where('job', '=', job)
        .executeTakeFirst()
      const seq = (last?.seq ?? 0) + 1
      await tx
        .insertInto('events')
        .values({ job, seq, body: JSON.stringify({ ...event, seq }) })
        .execute()
    },
    putCheckpoints: async (job, checkpoints) => {
      await tx.deleteFrom('checkpoints').where('job', '=', job).execute()
      for (const checkpoint of checkpoints) {
        const row = { job, seq: checkpoint.seq, body: JSON.stringify(checkpoint) }
        await tx.insertInto('checkpoints').values(row).execute()
      }
    },
    putMigration: async (job, migration) => {
      const row = { id: migration.id, job, started_at: migration.startedAt, body: JSON.stringify(migration) }
      await tx
        .insertInto('migrations')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
    },
  }
}
