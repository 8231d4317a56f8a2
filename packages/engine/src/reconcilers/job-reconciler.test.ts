import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestWorld } from '../test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

test('a cloud that hangs is asked again: an instance that died meanwhile is seen', async () => {
  const job = await world.executing()
  for (let n = 0; n < 3; n += 1) world.provider.hangNext('list')
  for (const instance of world.provider.existing()) world.provider.kill(instance)
  await world.until(job.id, (now) => now.attempt === 2 && now.status === 'Executing')
  expect(await world.story(job.id)).toContain('instanceDied')
})
