import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InstanceId, JobId, WorkflowId } from '../ids.ts'
import { JOB_STATUSES } from '../job/job-status.ts'
import type { Job } from '../job/job.ts'
import { DEFAULT_VM_POLICY } from '../job/vm-policy.ts'
import { DEFAULT_MIGRATE_POLICY } from '../policy/migrate-policy.ts'
import { type JobWorld, planJob, type WorkerView } from './plan-job.ts'

const INSTANCE = 'i-1' as InstanceId
const running = { kind: 'running', instance: INSTANCE } as const

const job = (overrides: Partial<Job> = {}): Job => ({
  id: 'j'.repeat(21) as JobId,
  user: 'ada',
  spec: {
    name: 'job',
    image: { name: 'python', source: 'library:python', digest: 'sha256:0' },
    env: {},
    cpu: { min: 1 },
    memGB: { min: 1 },
    vmPolicy: DEFAULT_VM_POLICY,
    migratePolicy: DEFAULT_MIGRATE_POLICY,
    publish: [],
    dataDisks: [],
    customTags: {},
    rerunAllowed: true,
    inputArgs: '',
  },
  status: 'Executing',
  wanted: 'running',
  wantedBy: 'ada',
  attempt: 1,
  residence: running,
  volumes: [],
  placementTries: 0,
  submittedAt: 0,
  updatedAt: 0,
  executedMs: 0,
  costUsd: 0,
  version: 1,
  ...overrides,
})

const worker = (overrides: Partial<WorkerView> = {}): WorkerView => ({
  phase: 'running',
  logsShipped: true,
  ...overrides,
})
const world = (overrides: Partial<JobWorld> = {}): JobWorld => ({
  job: job(),
  cloud: 'exists',
  worker: worker(),
  now: 1000,
  ...overrides,
})

describe('planJob', () => {
  test.each([
    ['a healthy job is left alone', world(), 'nothing'],
    [
      'a silent worker condemns nothing',
      { job: job(), cloud: 'exists', now: 1000 } satisfies JobWorld,
      'nothing',
    ],
    [
      'an unasked cloud condemns nothing',
      { job: job(), cloud: 'unknown', now: 1000 } satisfies JobWorld,
      'nothing',
    ],
    [
      'a new job is placed',
      world({ job: job({ status: 'Submitted', residence: { kind: 'nowhere' } }) }),
      'place',
    ],
    [
      'a saved job is placed',
      world({ job: job({ status: 'Floating', residence: { kind: 'saved' } }) }),
      'place',
    ],
    [
      'a job waits out its retry interval',
      world({ job: job({ status: 'Submitted', residence: { kind: 'nowhere' }, placeAfter: 2000 }) }),
      'nothing',
    ],
    ['a job whose instance is gone is declared lost', world({ cloud: 'gone' }), 'declareLost'],
    [
      'a worker that holds nothing has lost the job',
      world({ worker: worker({ phase: 'idle' }) }),
      'declareLost',
    ],
    ['a notice floats the job', world({ worker: worker({ interruptionAt: 31_000 }) }), 'float'],
    ['a job the worker saved by itself floats', world({ worker: worker({ phase: 'saved' }) }), 'float'],
    [
      'an exit waits for the last log lines',
      world({ worker: worker({ phase: 'exited', exitCode: 0, logsShipped: false }) }),
      'nothing',
    ],
    ['an exit ends the job', world({ worker: worker({ phase: 'exited', exitCode: 7 }) }), 'end'],
    [
      'a cancelled job ends whatever it is doing',
      world({ job: job({ wanted: 'cancelled', status: 'Cancelling' }) }),
      'end',
    ],
    [
      'a running job that should rest is suspended',
      world({ job: job({ wanted: 'suspended', status: 'Suspending' }) }),
      'suspend',
    ],
    [
      'a suspended job rests',
      world({ job: job({ wanted: 'suspended', status: 'Suspended', residence: { kind: 'saved' } }) }),
      'nothing',
    ],
  ])('%s', (_name, given, expected) => {
    expect(planJob(given).do).toBe(expected)
  })

  test('an end for want of memory keeps the limit that was too small', () => {
    const killed = worker({ phase: 'exited', exitCode: 137, outOfMemoryMiB: 900 })
    expect(planJob(world({ worker: killed }))).toEqual({
      do: 'end',
      as: 'exited',
      exitCode: 137,
      outOfMemoryMiB: 900,
    })
  })

  test('the time limit counts Executing only', () => {
    const limited = job({
      spec: { ...job().spec, timeLimitSeconds: 10 },
      executedMs: 4000,
      executingSince: 1000,
    })
    expect(planJob(world({ job: limited, now: 6999 })).do).toBe('nothing')
    expect(planJob(world({ job: limited, now: 7000 }))).toEqual({ do: 'reachTimeLimit', executedSeconds: 10 })
  })

  const anyWorld = fc.record({
    status: fc.constantFrom(...JOB_STATUSES),
    wanted: fc.constantFrom('running', 'suspended', 'cancelled', 'timedout'),
    residence: fc.constantFrom(running, { kind: 'nowhere' } as const, { kind: 'saved' } as const),
    workflow: fc.option(fc.constant('w-1' as WorkflowId), { nil: undefined }),
    cloud: fc.constantFrom('exists', 'gone', 'unknown'),
    phase: fc.option(
      fc.constantFrom(
        'idle',
        'mounted',
        'preparing',
        'running',
        'capturing',
        'saved',
        'restoring',
        'exited',
        'failed',
      ),
      { nil: undefined },
    ),
    interrupted: fc.boolean(),
  })

  test('a job with a workflow under way is never touched, and a running copy is never placed a second time', () => {
    fc.assert(
      fc.property(anyWorld, ({ status, wanted, residence, workflow, cloud, phase, interrupted }) => {
        const decision = planJob({
          job: job({ status, wanted, residence, ...(workflow ? { workflow } : {}) }),
          cloud,
          ...(phase ? { worker: worker({ phase, ...(interrupted ? { interruptionAt: 5000 } : {}) }) } : {}),
          now: 1000,
        })
        if (workflow) expect(decision.do).toBe('nothing')
        if (residence.kind === 'running') expect(decision.do).not.toBe('place')
        if (decision.do === 'declareLost') expect(cloud === 'gone' || phase !== undefined).toBe(true)
      }),
    )
  })
})
