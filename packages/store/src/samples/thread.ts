/** The thread that owns the file of samples: nothing else touches it, and no request waits for its disk. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Sample } from '@mmcloud/domain'
import { SamplesFile } from './samples-file.ts'
import type { Asked } from './open-samples.ts'

const COMMIT_MS = 1000
const ROLL_UP_MS = 60_000
/** Between two portions of old samples, so that new ones come in between. */
const NEXT_PORTION_MS = 200

const port = parentPort!
const file = new SamplesFile((workerData as { path: string }).path)
let waiting: { readonly id: number; readonly job: string; readonly samples: readonly Sample[] }[] = []

const commit = (): void => {
  if (waiting.length === 0) return
  const batch = waiting
  waiting = []
  try {
    file.add(batch)
    for (const { id } of batch) port.postMessage({ id })
  } catch (error) {
    for (const { id } of batch) port.postMessage({ id, error: String(error) })
  }
}

const answer = (asked: Exclude<Asked, { do: 'add' }>): unknown => {
  // What is asked for includes what has come.
  commit()
  switch (asked.do) {
    case 'raw':
      return file.raw(asked.job, asked.from)
    case 'usage':
      return file.usage(asked.job, asked)
    case 'jobs':
      return file.jobs()
    case 'forget':
      return file.forget(asked.job)
    case 'close':
      clearInterval(committing)
      clearTimeout(rolling)
      return file.close()
  }
}

const committing = setInterval(commit, COMMIT_MS)
let rolling = setTimeout(rollUp, ROLL_UP_MS)
function rollUp(): void {
  let more = false
  try {
    more = file.rollUp(Date.now())
  } catch (error) {
    port.postMessage({ trouble: String(error) })
  }
  rolling = setTimeout(rollUp, more ? NEXT_PORTION_MS : ROLL_UP_MS)
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
