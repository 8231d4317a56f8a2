import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Records } from '../ports/records/records.ts'
import { TestWorld } from '../test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

/** Whenever the log of workflows is to be written, `write` may throw instead. */
const beforeLogging = (mayThrow: () => void): void => {
  const write = world.records.write.bind(world.records)
  const broken: Records['write'] = (work) =>
    write((tx) => {
      const update = tx.updateWorkflow.bind(tx)
      tx.updateWorkflow = async (record) => {
        mayThrow()
        return update(record)
      }
      return work(tx)
    })
  vi.spyOn(world.records, 'write').mockImplementation(broken as Records['write'])
}

test('a workflow that stops is taken up again after pauses that grow, and begin anew once it has got on', async () => {
  const failedAt = new Set<number>()
  let tries = 0
  beforeLogging(() => {
    tries += 1
    // Each time a step is noted as done and, when that fails, as to be undone: three times neither is, then one is.
    if (tries % 7 === 0) return
    failedAt.add(world.clock.now())
    throw new Error('disk I/O error')
  })
  const job = await world.submitted()
  await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
  const times = [...failedAt].slice(0, 6)
  const pauses = times.slice(1).map((at, n) => at - times[n]!)
  expect(pauses).toEqual([1000, 2000, 4000, 1000, 2000])
})
