import { type InstanceId, type Job, type Sample, USABLE_MEMORY } from '@mmcloud/domain'
import type { MigrationRecord } from './ports/records/migration-record.ts'
import { TestWorld } from './test-world.ts'

export const GIB = 2 ** 30
const never = new AbortController().signal
const PATIENCE_MS = 3_600_000

/** A world whose jobs use what a test says. */
export class SizingWorld extends TestWorld {
  /** The job would use so many GiB; its samples show what of that its instance gives it. */
  async uses(job: Job, gib: (at: number) => number): Promise<void> {
    const sizes = new Map<InstanceId, number>()
    const learn = async (): Promise<void> => {
      const instances = await this.records.read((view) => view.instances({ job: job.id }))
      for (const { id, offer } of instances) sizes.set(id, offer.memGB)
    }
    await learn()
    this.usage.load(job.id, (at, instance) => {
      const memGB = sizes.get(instance)
      if (memGB === undefined) void learn()
      return sample(at, gib(at) * GIB, (memGB ?? 8) * GIB * USABLE_MEMORY)
    })
  }

  moves(job: Job): Promise<readonly MigrationRecord[]> {
    return this.records.read((view) => view.migrations(job.id))
  }

  /** GB of the instance it runs on. */
  async sizeOf(job: Job): Promise<number> {
    const { residence } = await this.job(job.id)
    if (residence.kind !== 'running') throw new Error('not running')
    return (await this.records.read((view) => view.instance(residence.instance)))!.offer.memGB
  }

  /** Waits until the job runs somewhere and has been moved so often. */
  async moved(job: Job, times: number): Promise<Job> {
    const until = this.clock.now() + PATIENCE_MS
    while ((await this.moves(job)).filter(({ outcome }) => outcome === 'done').length < times) {
      if (this.clock.now() > until) throw new Error((await this.story(job.id)).join(' / '))
      await this.clock.sleep(500, never)
    }
    return this.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
  }
}

/** A job that wants so many bytes on an instance that gives it `capacity`: the rest lies in swap. */
export const sample = (at: number, bytes: number, capacity: number): Sample => ({
  at,
  spanMs: 1000,
  cpuPercent: 50,
  memBytes: Math.min(bytes, capacity),
  cacheBytes: 0,
  swapBytes: Math.max(0, bytes - capacity),
  swapInRate: 0,
  swapOutRate: 0,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 1,
  capacityCpu: 2,
  capacityMemBytes: capacity,
  capacitySwapBytes: 4 * GIB,
})
