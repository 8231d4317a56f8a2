import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const DISK = { id: `vol-${'a'.repeat(17)}`, name: 'genomes', user: 'ann', sizeGB: 100, pricePerMonth: 8 }
const answers = {
  'POST /api/v1/volumes': { status: 201, body: DISK },
  'GET /api/v1/volumes': { body: { volumes: [{ ...DISK, job: 'j'.repeat(21) }] } },
}

test('a disk is made and listed with the job that has it', async () => {
  const made = fakeWorld(answers)
  await made.float('volume', 'create', '--size', '100', 'genomes', ...AUTH)
  expect(JSON.parse(made.requests[0]?.body ?? '')).toEqual({ sizeGB: 100, name: 'genomes' })
  const { stdout } = await fakeWorld(answers).float('volume', ...AUTH)
  expect(stdout).toMatch(/\| vol-a+ \| genomes \| 100 GB \| ann +\| j+ \| 8\.00 +\|/)
})

test.each([
  [['create', 'genomes'], '--size 100'],
  [['create', '--size', 'huge'], '--size 100'],
  [['delete'], 'which one?'],
  [['resize'], '"resize" is not create'],
])('volume %j is refused', async (words, sentence) => {
  const { code, stderr } = await fakeWorld(answers).float('volume', ...words, ...AUTH)
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
})
