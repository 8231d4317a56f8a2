import type { FromWorker } from '@mmcloud/contract'
import { instanceCores, instanceMemory } from '../container/cgroup.ts'
import type { JobRunner } from '../runner/job-runner.ts'
import { jobPlaces } from '../system/places.ts'
import { readUsage } from './read-usage.ts'
import { SampleBuffer } from './sample-buffer.ts'
import { type MountedBuffer, SampleSender } from './sample-sender.ts'
import { type Program, Sampler } from './sampler.ts'

export type JobMetricsDeps = {
  readonly runner: () => Pick<JobRunner, 'running' | 'logs'>
  readonly send: (message: FromWorker) => void
  readonly log: (message: string) => void
}

/**
 * What the job of this instance uses, second by second, on its way to the OpCenter. Nothing that goes wrong here is heard
 * of by who calls: what cannot be measured must not keep a job from being saved.
 */
export class JobMetrics {
  readonly #deps: JobMetricsDeps
  readonly #sampler: Sampler
  readonly #sender: SampleSender
  readonly #cores = instanceCores()
  #mounted: MountedBuffer | undefined

  constructor(deps: JobMetricsDeps) {
    this.#deps = deps
    this.#sender = new SampleSender(deps.send)
    this.#sampler = new Sampler({
      program: () => this.#program(),
      readUsage,
      now: () => ({ at: Date.now(), clockMs: performance.now() }),
      measured: (sample) => this.#mounted?.buffer.add(sample),
    })
  }

  /** Once a second: what is measured now is sent now. */
  tick(): void {
    this.#attempt(() => {
      // What was acknowledged within a second needs no disk.
      this.#mounted?.buffer.keep()
      this.#sampler.tick()
      if (!this.#sender.up) this.#mounted?.buffer.keep()
    })
  }

  /** At each change of the job's phase, before anything is done in the new one. */
  phaseChanged(): void {
    this.#attempt(() => {
      this.#sampler.phaseChanged()
      // Soon the volume may go, or the instance.
      if (!this.#deps.runner().running) this.#mounted?.buffer.keep()
    })
  }

  connected(): void {
    this.#attempt(() => this.#sender.connected())
  }

  disconnected(): void {
    this.#attempt(() => this.#sender.disconnected())
  }

  acknowledged(batch: number): void {
    this.#attempt(() => this.#sender.acknowledged(batch, this.#mounted))
  }

  /** With the volume as it is now; then whatever may be sent is sent. */
  #attempt(what: () => void): void {
    try {
      this.#findVolume()
      what()
      this.#sender.ship(this.#mounted)
    } catch (error) {
      this.#deps.log(`measuring the job: ${String(error)}`)
    }
  }

  #findVolume(): void {
    const jobId = this.#deps.runner().logs?.jobId
    if (jobId === this.#mounted?.jobId) return
    const { log } = this.#deps
    this.#mounted =
      jobId === undefined ? undefined : { jobId, buffer: new SampleBuffer(jobPlaces.samples, log) }
  }

  #program(): Program | undefined {
    const { limits, volumes } = this.#deps.runner().running ?? {}
    if (!limits || !volumes) return undefined
    const { memory, memoryAndSwap } = limits
    const capacity = {
      capacityCpu: this.#cores,
      capacityMemBytes: memory,
      // Where the kernel does not count swap, the job is not kept from what the instance has.
      capacitySwapBytes: memoryAndSwap === undefined ? instanceMemory().swap : memoryAndSwap - memory,
    }
    return { capacity, devices: volumes.map(({ device }) => device) }
  }
}
