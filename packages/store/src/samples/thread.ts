/** The thread that owns the file of samples: nothing else touches it, and no request waits for its disk. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Sample } from '@mmcloud/domain'
import type { Asked } from './open-samples.ts'
import { SamplesFile } from './samples-file.ts'

const COMMIT_MS = 1000
const ROLL_UP_MS = 60_000
/** Between two portions of old samples, so that new ones and questions come in between. */
const NEXT_PORTION_MS = 50

type Batch = { readonly id: number; readonly job: string; readonly samples: readonly Sample[] }

const port = parentPort!
const file = new SamplesFile((workerData as { path: string }).path)
let waiting: Batch[] = []

const commit = (): void => {
  if (waiting.length === 0) return
  const batches = waiting
  waiting = []
  try {
    file.add(batches)
    for (const { id } of batches) port.postMessage({ id })
  } catch (error) {
    for (const { id } of batches) port.postMessage({ id, error: String(error) })
  }
}

const answer = (asked: Exclude<Asked, { do: 'add' }>): unknown => {
  // What is asked for includes what has come.
  commit()
  if (asked.do === 'raw') return file.raw(asked.job, asked.from)
  if (asked.do === 'usage') return file.usage(asked.job, asked)
  if (asked.do === 'jobs') return file.jobs()
  if (asked.do === 'forget') return file.forget(asked.job)
  clearInterval(committing)
  clearTimeout(rolling)
  return file.close()
}

const committing = setInterval(commit, COMMIT_MS)
let rolling = setTimeout(() => rollUp(file.rollUp(Date.now())), ROLL_UP_MS)
const rollUp = (portions: Generator<void>): void => {
  let over = true
  try {
    over = portions.next().done ?? false
  } catch (error) {
    port.postMessage({ trouble: String(error) })
  }
  rolling = over
    ? setTimeout(() => rollUp(file.rollUp(Date.now())), ROLL_UP_MS)
    : setTimeout(() => rollUp(portions), NEXT_PORTION_MS)
}

port.on('message', (message: Asked & { readonly id: number }) => {
  if (message.do === 'add') {
    waiting.push({ id: message.id, job: message.job, samples: message.samples })
    return
  }
  try {
    port.postMessage({ id: message.id, result: answer(message) })
  } catch (error) {
    port.postMessage({ id: message.id, error: String(error) })
  }
  if (message.do === 'close') port.close()
})
