import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'

const volume = vi.hoisted(() => ({ path: '' }))
vi.mock('../system/places.ts', () => ({
  jobPlaces: {
    get checkpoints() {
      return `${volume.path}/checkpoints`
    },
  },
  places: {},
}))
// Subvolumes are directories here.
vi.mock('../volumes/volumes.ts', () => ({
  deleteSubvolume: async (path: string) => rmSync(path, { recursive: true }),
}))

const {
  deleteCheckpoint,
  listCheckpoints,
  nextSequence,
  readManifest,
  sweepCheckpoints,
  sweepIncomplete,
  writeManifest,
} = await import('./manifest.ts')

const directory = mkdtempSync(join(tmpdir(), 'mmw-manifest-'))
afterAll(() => rmSync(directory, { recursive: true }))

const volumes = ['job', 'data'].map((name) => ({
  volumeId: name,
  device: `/dev/${name}`,
  mountPoint: name === 'job' ? '' : '/data',
  path: join(directory, name),
}))
beforeEach(() => {
  for (const { path } of volumes) rmSync(path, { recursive: true, force: true })
  volume.path = volumes[0]!.path
})

/** A checkpoint with its disks; complete unless it has no attempt. */
const checkpoint = (seq: number, attempt?: number): void => {
  mkdirSync(`${volume.path}/checkpoints/${seq}/disk`, { recursive: true })
  mkdirSync(`${volumes[1]!.path}/snapshots/${seq}`, { recursive: true })
  if (attempt === undefined) return
  const timings = { freezeMs: 1, dumpMs: 1, drainLogsMs: 1, diskSnapshotMs: 1, syncMs: 1 }
  writeManifest({
    checkpoint: { seq, attempt, takenAt: seq, bytes: 1, kind: 'snapshot', timings },
    files: [{ name: 'pages-1.img', size: 1, crc32: 7 }],
    logs: { 'stdout.autosave': 3 },
  })
}
const listed = (): number[] => listCheckpoints().map((manifest) => manifest.checkpoint.seq)
const snapshots = (seq: number): boolean => existsSync(`${volumes[1]!.path}/snapshots/${seq}`)

test('a volume that never had a checkpoint has none', () => {
  expect(listed()).toEqual([])
  expect(nextSequence()).toBe(1)
})

test('complete ones are listed by number and not by name; the next one comes after all, also incomplete ones', () => {
  for (const seq of [10, 9]) checkpoint(seq, 1)
  checkpoint(11)
  mkdirSync(`${volume.path}/checkpoints/lost+found`)
  expect(listed()).toEqual([9, 10])
  expect(nextSequence()).toBe(12)
  expect(readManifest(10)?.logs).toEqual({ 'stdout.autosave': 3 })
})

test.each([
  ['half', (file: string) => truncateSync(file, Math.floor(readFileSync(file).length / 2))],
  ['empty', (file: string) => truncateSync(file)],
  ['of another shape', (file: string) => writeFileSync(file, '{"checkpoint": {}}')],
])('a manifest that is %s means that there is no checkpoint', (_how, damage) => {
  checkpoint(1, 1)
  damage(`${volume.path}/checkpoints/1/manifest.json`)
  expect(readManifest(1)).toBeUndefined()
  expect(listed()).toEqual([])
})

test('the newest two of the attempt are kept; older ones, other attempts and incomplete ones go, with all their disks', async () => {
  checkpoint(1, 1)
  for (const seq of [2, 3, 4]) checkpoint(seq, 2)
  checkpoint(5)
  await sweepCheckpoints(volumes, 2)
  expect(listed()).toEqual([3, 4])
  expect([1, 2, 3, 4, 5].map(snapshots)).toEqual([false, false, true, true, false])
  expect(existsSync(`${volume.path}/checkpoints/5`)).toBe(false)
})

test('what is incomplete can be swept alone', async () => {
  checkpoint(1, 1)
  checkpoint(2)
  await sweepIncomplete(volumes)
  expect(listed()).toEqual([1])
  expect(existsSync(`${volume.path}/checkpoints/2`)).toBe(false)
})

test('to delete one twice is to delete it once', async () => {
  checkpoint(1, 1)
  await deleteCheckpoint(1, volumes)
  await deleteCheckpoint(1, volumes)
  expect(listed()).toEqual([])
  expect(snapshots(1)).toBe(false)
})
