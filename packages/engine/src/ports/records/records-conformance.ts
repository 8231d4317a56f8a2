import {
  DEFAULT_MIGRATE_POLICY,
  type Checkpoint,
  type Instance,
  type InstanceId,
  type Job,
  type JobId,
  type Volume,
  type VolumeId,
  type WorkflowId,
} from '@mmcloud/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MigrationRecord } from './migration-record.ts'
import { type Records, StaleWriteError } from './records.ts'
import type { WorkflowRecord } from './workflow-record.ts'

/** What every keeper of records must do; run by the fake and by each real one. `open` gives empty records. */
export const recordsConformance = (name: string, open: () => Records | Promise<Records>): void => {
  describe(`records of ${name}`, () => {
    let records: Records
    beforeEach(async () => {
      records = await open()
    })
    afterEach(() => records.close())

    test('a record comes back as it was written', async () => {
      const [job, instance, volume, workflow] = [
        aJob('a'),
        anInstance('i-1'),
        aVolume('vol-1'),
        aWorkflow('w-1'),
      ]
      await records.write(async (tx) => {
        await tx.insertJob(job)
        await tx.insertInstance(instance)
        await tx.insertVolume(volume)
        await tx.insertWorkflow(workflow)
      })
      await records.read(async (view) => {
        expect(await view.job(job.id)).toEqual(job)
        expect(await view.instance(instance.id)).toEqual(instance)
        expect(await view.volume(volume.id)).toEqual(volume)
        expect(await view.workflow(workflow.id)).toEqual(workflow)
        expect(await view.job('nobody' as JobId)).toBeUndefined()
      })
    })

    test('a second record of the same id is refused', async () => {
      await records.write((tx) => tx.insertJob(aJob('a')))
      await expect(records.write((tx) => tx.insertJob(aJob('a')))).rejects.toThrow()
    })

    test('an update from an older version changes nothing and says so', async () => {
      await records.write((tx) => tx.insertJob(aJob('a')))
      await records.write((tx) => tx.updateJob({ ...aJob('a'), status: 'Executing', version: 2 }))
      for (const version of [1, 2, 4]) {
        await expect(
          records.write((tx) => tx.updateJob({ ...aJob('a'), status: 'Unknown', version })),
        ).rejects.toThrow(StaleWriteError)
      }
      expect((await records.read((view) => view.job('a' as JobId)))?.status).toBe('Executing')
      await expect(
        records.write((tx) => tx.updateInstance({ ...anInstance('i-none'), version: 2 })),
      ).rejects.toThrow(StaleWriteError)
    })

    test('a transaction that throws leaves nothing behind, and the next one works', async () => {
      const failing = records.write(async (tx) => {
        await tx.insertJob(aJob('a'))
        await tx.addEvent('a' as JobId, anEvent(1))
        throw new Error('on purpose')
      })
      await expect(failing).rejects.toThrow('on purpose')
      await records.read(async (view) => {
        expect(await view.jobs({})).toEqual([])
        expect(await view.events('a' as JobId)).toEqual([])
      })
      await records.write((tx) => tx.insertJob(aJob('a')))
    })

    test('a transaction reads what it wrote', async () => {
      await records.write(async (tx) => {
        await tx.insertJob(aJob('a'))
        expect((await tx.job('a' as JobId))?.version).toBe(1)
      })
    })

    test('transactions asked for at once come one after the other', async () => {
      await records.write((tx) => tx.insertJob(aJob('a')))
      const raise = () =>
        records.write(async (tx) => {
          const job = await tx.job('a' as JobId)
          await tx.updateJob({ ...job!, placementTries: job!.placementTries + 1, version: job!.version + 1 })
        })
      await Promise.all(Array.from({ length: 20 }, raise))
      expect((await records.read((view) => view.job('a' as JobId)))?.placementTries).toBe(20)
    })

    test('jobs are listed newest first, by status, life, user and number', async () => {
      await records.write(async (tx) => {
        await tx.insertJob({ ...aJob('old'), submittedAt: 1, status: 'Completed' })
        await tx.insertJob({ ...aJob('new'), submittedAt: 3, user: 'eve' })
        await tx.insertJob({ ...aJob('twin'), submittedAt: 3, status: 'Executing' })
      })
      const ids = (filter: Parameters<Parameters<Parameters<Records['read']>[0]>[0]['jobs']>[0]) =>
        records.read(async (view) => (await view.jobs(filter)).map((job) => job.id))
      expect(await ids({})).toEqual(['twin', 'new', 'old'])
      expect(await ids({ live: true })).toEqual(['twin', 'new'])
      expect(await ids({ statuses: ['Completed', 'Executing'] })).toEqual(['twin', 'old'])
      expect(await ids({ statuses: [] })).toEqual([])
      expect(await ids({ user: 'eve' })).toEqual(['new'])
      expect(await ids({ ids: ['twin' as JobId] })).toEqual(['twin'])
      expect(await ids({ ids: [] })).toEqual([])
      expect(await records.read((view) => view.jobCounts())).toEqual({
        Submitted: 1,
        Executing: 1,
        Completed: 1,
      })
    })

    test('events are numbered per job', async () => {
      await records.write(async (tx) => {
        await tx.addEvent('a' as JobId, anEvent(10))
        await tx.addEvent('a' as JobId, anEvent(11))
        await tx.addEvent('b' as JobId, anEvent(12))
      })
      await records.read(async (view) => {
        expect(await view.events('a' as JobId)).toEqual([
          { ...anEvent(10), seq: 1 },
          { ...anEvent(11), seq: 2 },
        ])
        expect(await view.events('a' as JobId, 1)).toEqual([{ ...anEvent(11), seq: 2 }])
        expect(await view.events('b' as JobId)).toEqual([{ ...anEvent(12), seq: 1 }])
      })
    })

    test('instances and volumes are found by job and by life', async () => {
      await records.write(async (tx) => {
        await tx.insertInstance(anInstance('i-1'))
        await tx.insertInstance({ ...anInstance('i-2'), state: 'gone' })
        await tx.insertInstance({ ...anInstance('i-3'), jobId: 'other' as JobId })
        await tx.insertVolume(aVolume('vol-1'))
        await tx.insertVolume({ ...aVolume('vol-2'), state: 'deleted' })
        await tx.updateInstance({ ...anInstance('i-3'), jobId: 'other' as JobId, state: 'gone', version: 2 })
      })
      await records.read(async (view) => {
        expect((await view.instances({ live: true })).map(({ id }) => id)).toEqual(['i-1'])
        expect((await view.instances({ job: 'a' as JobId })).map(({ id }) => id)).toEqual(['i-1', 'i-2'])
        expect((await view.instances({})).length).toBe(3)
        expect((await view.volumes({ live: true, job: 'a' as JobId })).map(({ id }) => id)).toEqual(['vol-1'])
        expect((await view.volumes({ job: 'b' as JobId })).length).toBe(0)
      })
    })

    test('what is known of checkpoints is replaced as a whole', async () => {
      await records.write((tx) => tx.putCheckpoints('a' as JobId, [aCheckpoint(2), aCheckpoint(1)]))
      expect(await records.read((view) => view.checkpoints('a' as JobId))).toEqual([
        aCheckpoint(1),
        aCheckpoint(2),
      ])
      await records.write((tx) => tx.putCheckpoints('a' as JobId, [aCheckpoint(3)]))
      expect(await records.read((view) => view.checkpoints('a' as JobId))).toEqual([aCheckpoint(3)])
    })

    test('a workflow is open until it is done or undone', async () => {
      await records.write((tx) => tx.insertWorkflow(aWorkflow('w-1')))
      const open = () => records.read(async (view) => (await view.openWorkflows()).map(({ id }) => id))
      expect(await open()).toEqual(['w-1'])
      await records.write((tx) =>
        tx.updateWorkflow({ ...aWorkflow('w-1'), direction: 'undoing', version: 2 }),
      )
      expect(await open()).toEqual(['w-1'])
      await records.write((tx) => tx.updateWorkflow({ ...aWorkflow('w-1'), direction: 'undone', version: 3 }))
      expect(await open()).toEqual([])
    })

    test('a migration is written again as it goes on; the oldest comes first', async () => {
      await records.write(async (tx) => {
        await tx.putMigration('a' as JobId, aMigration('w-2', 20))
        await tx.putMigration('a' as JobId, aMigration('w-1', 10))
        await tx.putMigration('a' as JobId, { ...aMigration('w-2', 20), outcome: 'done' })
      })
      expect(await records.read((view) => view.migrations('a' as JobId))).toEqual([
        aMigration('w-1', 10),
        { ...aMigration('w-2', 20), outcome: 'done' },
      ])
    })
  })
}

const aJob = (id: string): Job => ({
  id: id as JobId,
  user: 'admin',
  spec: {
    name: 'a job',
    image: { name: 'python', source: 'library:python', digest: `sha256:${'0'.repeat(64)}` },
    script: '#!/bin/sh\necho "äöü" \'\n',
    env: { KEY: 'a=b,c' },
    cpu: { min: 1 },
    memGB: { min: 1, max: 4 },
    vmPolicy: { policy: 'spotFirst', retryLimit: 3, retryIntervalSeconds: 600 },
    migratePolicy: DEFAULT_MIGRATE_POLICY,
    publish: [],
    dataDisks: [{ sizeGB: 10, mountPoint: '/data' }],
    customTags: { when: '2026-11-23' },
    rerunAllowed: true,
    inputArgs: '--image python',
  },
  status: 'Submitted',
  wanted: 'running',
  wantedBy: 'admin',
  attempt: 1,
  residence: { kind: 'nowhere' },
  volumes: [],
  placementTries: 0,
  submittedAt: 1_000,
  updatedAt: 1_000,
  executedMs: 0,
  costUsd: 0.25,
  version: 1,
})

const anInstance = (id: string): Instance => ({
  id: id as InstanceId,
  jobId: 'a' as JobId,
  offer: {
    provider: 'local',
    instanceType: 't3.micro',
    cpu: 2,
    memGB: 1,
    market: 'spot',
    pricePerHour: 0.0031,
    cpuFeatures: ['avx2'],
  },
  state: 'requested',
  requestedAt: 1_000,
  version: 1,
})

const aVolume = (id: string): Volume => ({
  id: id as VolumeId,
  jobId: 'a' as JobId,
  sizeGB: 10,
  mountPoint: '',
  state: 'requested',
  epoch: 0,
  version: 1,
})

const aWorkflow = (id: string): WorkflowRecord => ({
  id: id as WorkflowId,
  name: 'float-job',
  jobId: 'a' as JobId,
  params: { trigger: 'manual' },
  outputs: {},
  direction: 'forward',
  next: 0,
  startedAt: 1_000,
  version: 1,
})

const anEvent = (at: number) =>
  ({ at, from: 'Submitted', to: 'Submitted', reason: 'submitted', numbers: { cpu: 1 } }) as const

const aCheckpoint = (seq: number): Checkpoint => ({
  seq,
  attempt: 1,
  takenAt: 1_000,
  bytes: 2 ** 33,
  kind: 'snapshot',
  timings: { freezeMs: 1, dumpMs: 2, drainLogsMs: 3, diskSnapshotMs: 4, syncMs: 5.5 },
})

const aMigration = (id: string, startedAt: number): MigrationRecord => ({
  id: id as WorkflowId,
  trigger: 'manual',
  reason: 'migrateAsked',
  numbers: { user: 'ada', target: 'c5.large' },
  rule: '',
  alternatives: [],
  startedAt,
  phases: { dump: 12 },
  outcome: 'underway',
})
