import {
  type InstanceId,
  type Job,
  type JobId,
  type JobSpec,
  DEFAULT_MIGRATE_POLICY,
  DEFAULT_VM_POLICY,
} from '@mmcloud/domain'
import { createEngine, type Engine } from './create-engine.ts'
import type { EngineDeps } from './engine-deps.ts'
import { FakeClock } from './ports/fake-clock.ts'
import { FakeFleet } from './ports/fleet/fake-fleet.ts'
import { FakeGatewayDoors } from './ports/gateway/fake-gateway-doors.ts'
import { FakeProvider } from './ports/provider/fake-provider.ts'
import { createMemoryRecords } from './ports/records/memory-records.ts'
import { FakeUsage } from './ports/usage/fake-usage.ts'
import type { Records } from './ports/records/records.ts'

/** A generous bound on virtual time: whatever has not happened by then will not. */
const PATIENCE_MS = 3_600_000

export const aSpec = (overrides: Partial<JobSpec> = {}): JobSpec => ({
  name: 'counter',
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
  ...overrides,
})

/** A whole control plane over behaving fakes in virtual time; it can be crashed and started again over the same records. */
export class TestWorld {
  readonly clock = new FakeClock()
  readonly provider = new FakeProvider({ now: () => this.clock.now() })
  readonly fleet = new FakeFleet(this.provider, this.clock)
  readonly usage = new FakeUsage(() => this.clock.now())
  readonly doors = new FakeGatewayDoors()
  readonly records: Records = createMemoryRecords()
  engine: Engine
  #generation = 0
  #writesLeft = Infinity
  #restarting: Promise<void> | undefined

  constructor() {
    this.engine = this.#newEngine()
  }

  #newEngine(): Engine {
    let seed = 7
    const random = (bound: number): number => {
      seed = (seed * 1103515245 + 12345 + this.clock.now()) % 2147483648
      return seed % bound
    }
    const deps: EngineDeps = {
      records: this.#ofOneLife(),
      provider: this.provider,
      fleet: this.fleet,
      usage: this.usage,
      doors: this.doors,
      logs: { rotate: async () => undefined },
      clock: this.clock,
      random,
      log: SILENT,
      userData: () => '#!/bin/sh',
    }
    return createEngine(deps)
  }

  /** Records as one life of the OpCenter sees them: once it is dead it writes nothing, whatever it has done meanwhile. */
  #ofOneLife(): Records {
    this.#generation += 1
    const mine = this.#generation
    return {
      read: (work) => this.records.read(work),
      close: () => this.records.close(),
      write: async (work) => {
        if (mine === this.#generation && this.#writesLeft-- <= 0) void this.restart()
        if (mine !== this.#generation) throw new Error('this OpCenter is dead')
        return this.records.write(work)
      },
    }
  }

  /** The OpCenter dies after `writes` more writes: the deed is done, and nobody has noted it. */
  crashAfter(writes: number): void {
    this.#writesLeft = writes
  }

  /** The OpCenter dies and is started again. */
  restart(): Promise<void> {
    this.#restarting ??= this.#restart().finally(() => (this.#restarting = undefined))
    return this.#restarting
  }

  async #restart(): Promise<void> {
    this.#writesLeft = Infinity
    this.#generation += 1
    await this.engine.stop()
    this.engine = this.#newEngine()
    this.engine.start()
  }

  async submitted(overrides: Partial<JobSpec> = {}): Promise<Job> {
    this.engine.start()
    return this.engine.commands.submit(aSpec(overrides), 'ada')
  }

  async executing(overrides: Partial<JobSpec> = {}): Promise<Job> {
    const job = await this.submitted(overrides)
    return this.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
  }

  /** Waits in virtual time until the job is as wanted. */
  async until(id: JobId, condition: (job: Job) => boolean): Promise<Job> {
    const deadline = this.clock.now() + PATIENCE_MS
    for (;;) {
      const job = await this.job(id)
      if (condition(job)) return job
      if (this.clock.now() > deadline)
        throw new Error(`job is ${job.status}: ${(await this.story(id)).join(' / ')}`)
      await this.clock.sleep(100, new AbortController().signal)
    }
  }

  async job(id: JobId): Promise<Job> {
    const job = await this.records.read((view) => view.job(id))
    if (!job) throw new Error(`no job ${id}`)
    return job
  }

  async story(id: JobId): Promise<string[]> {
    return (await this.records.read((view) => view.events(id))).map((event) => event.reason)
  }

  /** What the cloud has now. */
  async cloud(): Promise<{ instances: readonly InstanceId[]; volumes: number }> {
    return {
      instances: (await this.provider.list()).map((i) => i.id),
      volumes: (await this.provider.listVolumes()).length,
    }
  }
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
