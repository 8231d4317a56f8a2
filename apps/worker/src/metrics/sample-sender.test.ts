import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FromWorker, fromWorkerSchema } from '@mmcloud/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SampleBuffer } from './sample-buffer.ts'
import { type MountedBuffer, SampleSender } from './sample-sender.ts'
import { testSeconds } from './test-sample.ts'

type Batch = Extract<FromWorker, { type: 'samples' }>

let directory: string
let sent: Batch[]
let sender: SampleSender
let mounted: MountedBuffer
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmw-sender-'))
  sent = []
  sender = new SampleSender((message) => sent.push(fromWorkerSchema.parse(message) as Batch))
  mounted = mount()
})
afterEach(() => rmSync(directory, { recursive: true }))

const mount = (): MountedBuffer => ({ jobId: 'job1', buffer: new SampleBuffer(directory, () => undefined) })
const measure = (count: number, from = 0): void => {
  for (const sample of testSeconds(count, from)) mounted.buffer.add(sample)
  mounted.buffer.keep()
}

test('without a link, without a volume and without samples nothing is sent', () => {
  measure(1)
  sender.ship(mounted)
  sender.connected()
  sender.ship(undefined)
  sender.ship({ ...mounted, buffer: new SampleBuffer(join(directory, 'other'), () => undefined) })
  expect(sent).toEqual([])
})

test('one batch is under way at a time; the next begins where it ended', () => {
  sender.connected()
  measure(2)
  sender.ship(mounted)
  measure(3, 2)
  sender.ship(mounted)
  expect(sent).toEqual([{ type: 'samples', jobId: 'job1', batch: 1, samples: testSeconds(2) }])
  sender.acknowledged(1, mounted)
  sender.ship(mounted)
  expect(sent.at(-1)).toEqual({ type: 'samples', jobId: 'job1', batch: 2, samples: testSeconds(3, 2) })
})

test('a long time without a link is told in batches of a thousand', () => {
  measure(2500)
  sender.connected()
  for (let number = 1; number <= 4; number += 1) {
    sender.ship(mounted)
    sender.acknowledged(number, mounted)
  }
  expect(sent.map(({ samples }) => samples.length)).toEqual([1000, 1000, 500])
  expect(sent.flatMap(({ samples }) => samples)).toEqual(testSeconds(2500))
})

test('after a broken link what was not acknowledged is in a new batch', () => {
  sender.connected()
  measure(2)
  sender.ship(mounted)
  sender.disconnected()
  expect(sender.up).toBe(false)
  measure(1, 2)
  sender.connected()
  sender.acknowledged(1, mounted)
  sender.ship(mounted)
  expect(sent.at(-1)).toMatchObject({ batch: 2, samples: testSeconds(3) })
})

test('an answer that comes when the volume is another one leaves that as it is', () => {
  sender.connected()
  measure(2)
  sender.ship(mounted)
  mounted = mount()
  sender.acknowledged(1, mounted)
  sender.ship(mounted)
  expect(sent.at(-1)).toMatchObject({ batch: 2, samples: testSeconds(2) })
})
