import type { FromWorker } from '@mmcloud/contract'
import type { Batch, SampleBuffer } from './sample-buffer.ts'

export type MountedBuffer = { readonly jobId: string; readonly buffer: SampleBuffer }

/**
 * Brings samples to the OpCenter: one batch under way at a time, the next when it is acknowledged, and after a broken link
 * what was not in a new one.
 */
export class SampleSender {
  readonly #send: (message: FromWorker) => void
  #up = false
  #number = 0
  #underWay: { readonly buffer: SampleBuffer; readonly batch: Batch } | undefined

  constructor(send: (message: FromWorker) => void) {
    this.#send = send
  }

  /** Whether there is somebody to send to. */
  get up(): boolean {
    return this.#up
  }

  connected(): void {
    this.#up = true
    this.#underWay = undefined
  }

  disconnected(): void {
    this.#up = false
    this.#underWay = undefined
  }

  /** Sends what may be sent now; nothing while no volume is mounted. */
  ship(mounted: MountedBuffer | undefined): void {
    if (!mounted || !this.#up || this.#underWay?.buffer === mounted.buffer) return
    const batch = mounted.buffer.oldest()
    if (!batch) return
    this.#number += 1
    this.#underWay = { buffer: mounted.buffer, batch }
    this.#send({
      type: 'samples',
      jobId: mounted.jobId,
      batch: this.#number,
      samples: [...batch.samples],
    })
  }

  /** An answer to another batch than the one under way, or for a volume that is not mounted any more, changes nothing. */
  acknowledged(number: number, mounted: MountedBuffer | undefined): void {
    if (number !== this.#number || !this.#underWay) return
    const { buffer, batch } = this.#underWay
    this.#underWay = undefined
    if (buffer === mounted?.buffer) buffer.acknowledged(batch)
  }
}
