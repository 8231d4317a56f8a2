import { type BrakePolicy, LEAST_SPAN_MS, type MemoryReading, shouldBrake } from '@mmcloud/domain'
import { freeSwap, jobMemoryInUse, type MemoryLimits } from '../container/cgroup.ts'

/** Looks several times a second whether the job must be frozen before memory runs out. */
export class Brake {
  #before: MemoryReading | undefined

  isDue(when: BrakePolicy, limits: MemoryLimits): boolean {
    const now = readMemory(limits)
    const before = this.#before ?? now
    if (before === now || now.clockMs - before.clockMs >= LEAST_SPAN_MS) this.#before = now
    return shouldBrake(when, before, now)
  }

  /** What was before says nothing of how it goes on: the program was moved, frozen or thawed. */
  forget(): void {
    this.#before = undefined
  }
}

const readMemory = ({ memory, memoryAndSwap }: MemoryLimits): MemoryReading => {
  const usedBytes = jobMemoryInUse()
  const swapLeft = Math.min(freeSwap(), (memoryAndSwap ?? Infinity) - Math.max(usedBytes, memory))
  return {
    clockMs: performance.now(),
    usedBytes,
    limitBytes: memory,
    roomBytes: Math.max(0, memory - usedBytes) + Math.max(0, swapLeft),
  }
}
