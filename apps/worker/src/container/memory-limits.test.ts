import { beforeEach, expect, test, vi } from 'vitest'

const MIB = 1024 ** 2
const instance = vi.hoisted(() => ({ memory: 0, swap: 0, countsSwap: true }))
vi.mock('./cgroup.ts', () => ({
  instanceMemory: () => ({ memory: instance.memory, swap: instance.swap }),
  countsSwap: () => instance.countsSwap,
}))
const { jobMemoryLimits } = await import('./memory-limits.ts')

beforeEach(() => {
  Object.assign(instance, { memory: 8192 * MIB, swap: 1024 * MIB, countsSwap: true })
})

test('the job has what the worker and its helpers leave, in whole pages, and all swap', () => {
  const { memory, memoryAndSwap } = jobMemoryLimits()
  expect(memory).toBeLessThan((8192 - 96) * MIB)
  expect(memory).toBeGreaterThan(0.75 * 8192 * MIB)
  expect(memory % 4096).toBe(0)
  expect(memoryAndSwap).toBe(memory + 1024 * MIB)
})

test('on the smallest instance it still has three quarters', () => {
  instance.memory = 256 * MIB
  expect(jobMemoryLimits().memory).toBe(192 * MIB)
})

test('where the kernel does not count swap nothing is said of it', () => {
  instance.countsSwap = false
  expect(jobMemoryLimits().memoryAndSwap).toBeUndefined()
})
