import { jobIdOf } from '@mmcloud/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SubmitOnce } from './job-commands.ts'
import { aSpec, TestWorld } from './test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

const ONCE = { id: jobIdOf(new Uint8Array(21).fill(7)), requestDigest: 'a' }
const submit = (once: SubmitOnce) => world.engine.commands.submit(aSpec(), 'ada', once)

test('asked for twice, at once or after a crash, a job is made once', async () => {
  world.engine.start()
  const [first, second] = await Promise.all([submit(ONCE), submit(ONCE)])
  expect(second.id).toBe(first.id)
  await world.restart()
  expect((await submit(ONCE)).id).toBe(first.id)
  expect(await world.records.read((view) => view.jobs({}))).toHaveLength(1)
  expect((await world.story(first.id)).filter((reason) => reason === 'submitted')).toHaveLength(1)
})

test('another request under the same key is refused', async () => {
  await submit(ONCE)
  await expect(submit({ ...ONCE, requestDigest: 'b' })).rejects.toThrow(/idempotency key/)
  await expect(world.engine.commands.submitted({ ...ONCE, requestDigest: 'b' })).rejects.toThrow(
    /idempotency key/,
  )
})

test('a key that names the job is answered with it, whatever the request', async () => {
  const { id } = ONCE
  expect(await world.engine.commands.submitted({ id })).toBeUndefined()
  await submit({ id })
  expect((await submit({ id })).id).toBe(id)
  expect((await world.engine.commands.submitted(ONCE))?.id).toBe(id)
  expect(await world.records.read((view) => view.jobs({}))).toHaveLength(1)
})
