import type { Instance, InstanceId, Job, JobId, Volume, VolumeId, WorkflowId } from '@mmcloud/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aSpec } from '../../test-world.ts'
import { type Records, StaleWriteError } from './records.ts'
import type { WorkflowRecord } from './workflow-record.ts'

/** What every store of records must do; run by the fake and by each real one. */
export const recordsConformance = (name: string, open: () => Promise<Records>): void => {
  describe(`records: ${name}`, () => {
    let records: Records
    beforeEach(async () => {
      records = await open()
    })
    afterEach(() => records.close())

    test('a job comes back as it was written, and only its next version replaces it', async () => {
      const job = aJob('a')
      await records.write((tx) => tx.insertJob(job))
      expect(await records.read((view) => view.job(job.id))).toEqual(job)
      await records.write((tx) => tx.updateJob({ ...job, status: 'Executing', version: 2 }))
      await expect(
        records.write((tx) => tx.updateJob({ ...job, status: 'Cancelled', version: 2 })),
      ).rejects.toThrow(StaleWriteError)
      expect((await records.read((view) => view.job(job.id)))?.status).toBe('Executing')
    })

    test('a write that fails leaves nothing of itself', async () => {
      const failing = records.write(async (tx) => {
        await tx.insertJob(aJob('a'))
        throw new Error('half way')
      })
      await expect(failing).rejects.toThrow('half way')
      expect(await records.read((view) => view.jobs({}))).toEqual([])
    })

    test('writes happen one after the other: counting in parallel loses nothing', async () => {
      await records.write((tx) => tx.insertJob(aJob('a')))
      const increment = () =>
        records.write(async (tx) => {
          const job = await tx.job('a' as JobId)
          await tx.updateJob({ ...job!, costUsd: job!.costUsd + 1, version: job!.version + 1 })
        })
      await Promise.all(Array.from({ length: 20 }, increment))
      expect((await records.read((view) => view.job('a' as JobId)))?.costUsd).toBe(20)
    })

    test('jobs are listed newest first, filtered, limited and counted', async () => {
      await records.write(async (tx) => {
        await tx.insertJob(aJob('a', { status: 'Executing' }))
        await tx.insertJob(aJob('b', { status: 'Completed', user: 'bob' }))
        await tx.insertJob(aJob('c', { status: 'Floating' }))
      })
      const ids = (filter: Parameters<Parameters<Parameters<Records['read']>[0]>[0]['jobs']>[0]) =>
        records.read(async (view) => (await view.jobs(filter)).map((job) => job.id))
      expect(await ids({})).toEqual(['c', 'b', 'a'])
      expect(await ids({ live: true })).toEqual(['c', 'a'])
      expect(await ids({ statuses: ['Completed'] })).toEqual(['b'])
      expect(await ids({ user: 'bob' })).toEqual(['b'])
      expect(await ids({ limit: 1 })).toEqual(['c'])
      expect(await records.read((view) => view.jobCounts())).toEqual({
        Executing: 1,
        Completed: 1,
        Floating: 1,
      })
    })

    test('events are numbered per job from 1', async () => {
      await records.write(async (tx) => {
        for (const id of ['a', 'b']) await tx.insertJob(aJob(id))
        for (const id of ['a', 'b', 'a']) {
          await tx.addEvent(id as JobId, {
            at: 5,
            from: 'Submitted',
            to: 'Initializing',
            reason: 'placing',
            numbers: { attempt: 1 },
          })
        }
      })
      const seqs = (after?: number) =>
        records.read(async (view) => (await view.events('a' as JobId, after)).map((event) => event.seq))
      expect(await seqs()).toEqual([1, 2])
      expect(await seqs(1)).toEqual([2])
    })

    test('instances and volumes are found by job and by being live', async () => {
      await records.write(async (tx) => {
        await tx.insertInstance(anInstance('i-1', 'a', 'gone'))
        await tx.insertInstance(anInstance('i-2', 'a', 'ready'))
        await tx.insertInstance(anInstance('i-3', 'b', 'ready'))
        await tx.insertVolume(aVolume('vol-1', 'a', 'deleted'))
        await tx.insertVolume(aVolume('vol-2', 'a', 'available'))
      })
      await records.read(async (view) => {
        expect((await view.instances({ job: 'a' as JobId })).map((i) => i.id)).toEqual(['i-1', 'i-2'])
        expect((await view.instances({ live: true })).map((i) => i.id)).toEqual(['i-2', 'i-3'])
        expect((await view.volumes({ job: 'a' as JobId, live: true })).map((v) => v.id)).toEqual(['vol-2'])
      })
    })

    test('checkpoints are replaced as a whole and kept in order', async () => {
      const timings = { freezeMs: 1, dumpMs: 1, drainLogsMs: 1, diskSnapshotMs: 1, syncMs: 1 }
      const checkpoint = (seq: number) => ({
        seq,
        attempt: 1,
        takenAt: seq,
        bytes: 1,
        kind: 'move' as const,
        timings,
      })
      await records.write((tx) => tx.putCheckpoints('a' as JobId, [checkpoint(2), checkpoint(1)]))
      expect((await records.read((view) => view.checkpoints('a' as JobId))).map((c) => c.seq)).toEqual([1, 2])
      await records.write((tx) => tx.putCheckpoints('a' as JobId, []))
      expect(await records.read((view) => view.checkpoints('a' as JobId))).toEqual([])
    })

    test('a workflow is open until it is done or undone', async () => {
      const workflow: WorkflowRecord = {
        id: 'w-1' as WorkflowId,
        name: 'float',
        jobId: 'a' as JobId,
        params: { target: 'i-1' },
        outputs: {},
        direction: 'forward',
        next: 0,
        startedAt: 1,
        version: 1,
      }
      await records.write((tx) => tx.insertWorkflow(workflow))
      expect(await records.read((view) => view.openWorkflows())).toEqual([workflow])
      const undoing = {
        ...workflow,
        direction: 'undoing',
        failure: { kind: 'capture', message: 'full' },
        version: 2,
      } as const
      await records.write((tx) => tx.updateWorkflow(undoing))
      expect(await records.read((view) => view.openWorkflows())).toEqual([undoing])
      await records.write((tx) => tx.updateWorkflow({ ...undoing, direction: 'undone', version: 3 }))
      expect(await records.read((view) => view.openWorkflows())).toEqual([])
      await expect(records.write((tx) => tx.updateWorkflow(undoing))).rejects.toThrow(StaleWriteError)
    })

    test('a migration is replaced by its id, and migrations are told oldest first', async () => {
      const migration = {
        id: 'w-1' as WorkflowId,
        trigger: 'manual',
        from: 'i-1',
        to: '',
        startedAt: 2,
        phases: {},
        outcome: 'underway',
      } as const
      await records.write(async (tx) => {
        await tx.putMigration('a' as JobId, migration)
        await tx.putMigration('a' as JobId, { ...migration, id: 'w-0' as WorkflowId, startedAt: 1 })
        await tx.putMigration('a' as JobId, { ...migration, outcome: 'done', to: 'i-2' })
      })
      const found = await records.read((view) => view.migrations('a' as JobId))
      expect(found.map((m) => [m.id, m.outcome])).toEqual([
        ['w-0', 'underway'],
        ['w-1', 'done'],
      ])
    })
  })
}

const aJob = (id: string, overrides: Partial<Job> = {}): Job => ({
  id: id as JobId,
  user: 'ada',
  spec: aSpec(),
  status: 'Submitted',
  wanted: 'running',
  wantedBy: 'ada',
  attempt: 1,
  residence: { kind: 'nowhere' },
  volumes: [],
  placementTries: 0,
  submittedAt: 1,
  updatedAt: 1,
  executedMs: 0,
  costUsd: 0,
  version: 1,
  ...overrides,
})

const anInstance = (id: string, job: string, state: Instance['state']): Instance => ({
  id: id as InstanceId,
  jobId: job as JobId,
  offer: {
    provider: 'local',
    instanceType: 't3.micro',
    cpu: 2,
    memGB: 1,
    market: 'spot',
    pricePerHour: 0.01,
    cpuFeatures: [],
  },
  state,
  requestedAt: 1,
  version: 1,
})

const aVolume = (id: string, job: string, state: Volume['state']): Volume => ({
  id: id as VolumeId,
  jobId: job as JobId,
  sizeGB: 1,
  mountPoint: '',
  state,
  epoch: 0,
  version: 1,
})
