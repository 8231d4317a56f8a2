import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestWorld } from './test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

const pinned = async (rerunAllowed = true) => {
  const job = await world.executing({ migrateDisabled: true, rerunAllowed })
  if (job.residence.kind !== 'running') throw new Error('not running')
  return { id: job.id, instance: job.residence.instance }
}

test('a job that may not be moved works until its instance is gone, is not saved, and starts over', async () => {
  const { id, instance } = await pinned()
  await world.provider.reclaim(instance, 120)
  const again = await world.until(id, (now) => now.attempt === 2 && now.status === 'Executing')
  expect(again.startedAt).toBeGreaterThanOrEqual(120_000)
  expect(await world.records.read((view) => view.checkpoints(id))).toEqual([])
  const story = await world.story(id)
  expect(story).toEqual(expect.arrayContaining(['instanceDied', 'startedOver']))
  expect(story).not.toContain('saved')
  expect(await world.records.read((view) => view.migrations(id))).toEqual([])
})

test('without rerun its loss is its end', async () => {
  const { id, instance } = await pinned(false)
  await world.provider.reclaim(instance, 30)
  await world.until(id, (now) => now.status === 'FailToComplete')
})

test('it refuses in words whatever needs a checkpoint', async () => {
  const { id } = await pinned()
  const { commands } = world.engine
  for (const ask of [
    commands.migrate(id, 'ada', {}),
    commands.suspend(id, 'ada'),
    commands.snapshot(id, 'ada'),
  ])
    await expect(ask).rejects.toThrow(/--disableMigrate/)
})

test('stopping says at once that it cannot be saved', async () => {
  const { id } = await pinned()
  const asked = world.clock.now()
  await expect(world.engine.drain(new AbortController().signal)).rejects.toThrow(`${id} (--disableMigrate)`)
  expect(world.clock.now() - asked).toBeLessThan(5_000)
})
