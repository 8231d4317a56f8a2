import { afterEach, beforeEach, expect, test } from 'vitest'
import { aSpec, TestWorld } from './test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

const ended = async () => {
  const { id } = await world.executing({ instanceType: 'm5.large' })
  await world.engine.commands.cancel(id, 'ada')
  return world.until(id, (now) => now.status === 'Cancelled' && now.workflow === undefined)
}

test('a changed rerun is the same job with another configuration, told before it', async () => {
  const job = await ended()
  await world.engine.commands.rerun(job.id, 'ada', { spec: aSpec({ memGB: { min: 8 } }), told: 'mem 8' })
  const again = await world.until(job.id, (now) => now.status === 'Executing')
  expect(again).toMatchObject({ attempt: 2, spec: { memGB: { min: 8 } } })
  const [instance] = await world.records.read((view) => view.instances({ job: job.id, live: true }))
  expect(instance?.offer.memGB).toBeGreaterThanOrEqual(8)
  const story = await world.story(job.id)
  expect(story.slice(story.indexOf('modified')).slice(0, 2)).toEqual(['modified', 'rerunAsked'])
})

test('what no type fits changes nothing', async () => {
  const job = await ended()
  const impossible = { spec: aSpec({ memGB: { min: 1e6 } }), told: 'mem 1000000' }
  await expect(world.engine.commands.rerun(job.id, 'ada', impossible)).rejects.toThrow(
    /no instance type fits/,
  )
  expect(await world.job(job.id)).toEqual(job)
})
