import type { VolumeId } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { aJob, basic, openTestApi } from './test-api.ts'

const GOOD = 'correct horse'
const URL = '/api/v1/volumes'

const open = async () => {
  const api = await openTestApi()
  await api.addUser('ann', GOOD)
  await api.addUser('eve', GOOD)
  const [ann, eve] = [basic('ann', GOOD), basic('eve', GOOD)]
  const made = await api.call('POST', URL, { sizeGB: 100, name: 'genomes' }, ann)
  const ids = async (who: string): Promise<unknown> =>
    ((await api.call('GET', URL, undefined, who)).body['volumes'] as { id: string }[]).map(({ id }) => id)
  return { ...api, ann, eve, made, ids, id: String(made.body['id']) }
}

test('a disk is its user’s, and admins see it', async () => {
  const { call, made, ann, eve, ids, id } = await open()
  expect([made.status, made.body]).toEqual([
    201,
    { id, name: 'genomes', user: 'ann', sizeGB: 100, pricePerMonth: 8 },
  ])
  expect([await ids(ann), await ids(eve), await ids(basic('admin', 'right'))]).toEqual([[id], [], [id]])
  expect((await call('DELETE', `${URL}/${id}`, undefined, eve)).status).toBe(404)
  expect((await call('DELETE', `${URL}/${id}`, undefined, ann)).status).toBe(200)
  expect(await ids(ann)).toEqual([])
})

test('one that a job has is told with it, and stays', async () => {
  const { call, records, ann, id } = await open()
  const job = aJob('a'.repeat(21), { user: 'ann' })
  await records.write(async (tx) => {
    await tx.insertJob(job)
    const disk = (await tx.volume(id as VolumeId))!
    await tx.updateVolume({ ...disk, jobId: job.id, version: disk.version + 1 })
  })
  const { body } = await call('GET', URL, undefined, ann)
  expect(body['volumes']).toMatchObject([{ id, job: job.id }])
  const refused = await call('DELETE', `${URL}/${id}`, undefined, ann)
  expect([refused.status, refused.body['message']]).toEqual([409, expect.stringContaining('in use by job')])
})

test('a user who keeps disks is not deleted', async () => {
  const { call, ann, id } = await open()
  expect((await call('DELETE', '/api/v1/users/ann')).body['message']).toContain('keeps 1 volumes')
  await call('DELETE', `${URL}/${id}`, undefined, ann)
  expect((await call('DELETE', '/api/v1/users/ann')).status).toBe(200)
})

test.each([{}, { sizeGB: 0 }, { sizeGB: 1.5 }, { sizeGB: 99_999 }, { sizeGB: 1, name: 'a b' }])(
  '%j is no disk to make',
  async (body) => {
    const { call } = await openTestApi()
    expect((await call('POST', URL, body)).status).toBe(400)
  },
)
