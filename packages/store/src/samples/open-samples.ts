import { Worker } from 'node:worker_threads'
import type { JobId, Sample } from '@mmcloud/domain'
import type { Columns, UsageRange } from './usage-by-step.ts'

/** What the thread is asked for. */
export type Asked =
  | { readonly do: 'add'; readonly job: string; readonly samples: readonly Sample[] }
  | { readonly do: 'raw'; readonly job: string; readonly from: number }
  | ({ readonly do: 'usage'; readonly job: string } & UsageRange)
  | { readonly do: 'forget'; readonly job: string }
  | { readonly do: 'jobs' | 'close' }

type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string }

/** What all jobs have used, as far back as it is kept: seconds for a day, tens for a week, then minutes. */
export interface Samples {
  /** Resolves when they are committed, within about a second. */
  add(job: JobId, samples: readonly Sample[]): Promise<void>
  /** As measured, after `from` (epoch ms), ascending; nothing that is older than a day. */
  raw(job: JobId, from: number): Promise<Sample[]>
  /** Means and peaks of each step of a range. */
  usage(job: JobId, range: UsageRange): Promise<Columns>
  jobs(): Promise<readonly JobId[]>
  forget(job: JobId): Promise<void>
  close(): Promise<void>
}

/** Opens the file in a thread of its own. `trouble` hears of what nobody waits for. */
export const openSamples = (path: string, trouble: (error: string) => void): Samples => {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { path } })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let next = 1
  let over: Error | undefined
  const end = (error: Error): void => {
    over = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  thread.on('message', (message: Answer | { readonly trouble: string }) => {
    if ('trouble' in message) return trouble(message.trouble)
    const asker = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) asker?.resolve(message.result)
    else asker?.reject(new Error(`samples: ${message.error}`))
  })
  thread.on('error', (error) => {
    trouble(String(error))
    end(new Error('the thread that keeps the samples ended', { cause: error }))
  })
  thread.on('exit', () => end(new Error('the samples are closed')))
  const ask = async <T>(asked: Asked): Promise<T> => {
    if (over) throw over
    const asker = Promise.withResolvers<unknown>()
    waiting.set(next, asker)
    thread.postMessage({ id: next, ...asked })
    next += 1
    return asker.promise as Promise<T>
  }
  return {
    add: (job, samples) => ask({ do: 'add', job, samples }),
    raw: (job, from) => ask({ do: 'raw', job, from }),
    usage: (job, range) => ask({ do: 'usage', job, ...range }),
    jobs: () => ask({ do: 'jobs' }),
    forget: (job) => ask({ do: 'forget', job }),
    close: async () => {
      if (over) return
      await ask({ do: 'close' })
      await thread.terminate()
    },
  }
}
