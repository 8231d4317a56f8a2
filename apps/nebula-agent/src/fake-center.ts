import type { SubmitBody } from '@mmcloud/contract'
import { UserError } from '@mmcloud/contract/user-error'
import type { OpenCenter } from './open-center.ts'

/** One job as the agent sees it. */
export type FakeJob = {
  readonly body: SubmitBody
  status: string
  rc?: string
  log: string
  readonly customTags: Record<string, string>
}

/** An OpCenter of a test: jobs in memory, one for each idempotency key, and a failure that every call has while it is set. */
export class FakeCenter implements OpenCenter {
  readonly address = 'opcenter.example:8443'
  readonly jobs = new Map<string, FakeJob>()
  failure: Error | undefined
  /** The same for what reads a log alone. */
  logFailure: Error | undefined
  /** How many calls have come. */
  asked = 0
  /** Before each answer. */
  delay: Promise<void> = Promise.resolve()
  readonly #byKey = new Map<string, string>()
  readonly #answers: Readonly<Record<string, (id: string, input: Input) => unknown>> = {
    version: () => ({}),
    submitJob: (_id, { body, headers }) => this.#submit(body as SubmitBody, Object.values(headers ?? {})[0]),
    job: (id) => ({ ...this.#job(id), id, cost: '0.01 USD', workingHost: '', instanceType: 't', attempt: 1 }),
    events: () => ({
      events: [{ seq: 1, reason: 'started', sentence: 'the program runs', to: 'Executing' }],
    }),
    migrations: () => ({ migrations: [] }),
    modifyJob: (id, { body }) => Object.assign(this.#job(id).customTags, (body as SubmitBody).customTags),
    cancelJob: (id) => (this.#job(id).status = 'Cancelled'),
    samples: () => ({
      at: [1000, 2000],
      series: { cpuPercent: [50, null], memBytes: [7, 8], capacityCpu: [2, 2], capacityMemBytes: [9, 9] },
    }),
  }

  async call(name: string, input: unknown = {}): Promise<never> {
    this.asked += 1
    await this.delay
    if (this.failure) throw this.failure
    const asked = input as Input
    return this.#answers[name]!(asked.params?.id ?? '', asked) as never
  }

  async readLog(job: string, file: string, offset: number): Promise<never> {
    const failure = this.failure ?? this.logFailure
    if (failure) throw failure
    const all = Buffer.from(file === 'stdout.autosave' ? this.#job(job).log : '')
    const from = offset < 0 ? Math.max(0, all.length + offset) : offset
    return { bytes: all.subarray(from), offset: from, size: all.length } as never
  }

  #submit(body: SubmitBody, key: string | undefined): { readonly id: string } {
    const before = key === undefined ? undefined : this.#byKey.get(key)
    if (before !== undefined) return { id: before }
    const id = `job-${this.jobs.size}`
    this.jobs.set(id, { body, status: 'Submitted', log: '', customTags: {} })
    if (key !== undefined) this.#byKey.set(key, id)
    return { id }
  }

  #job(id: string): FakeJob {
    const job = this.jobs.get(id)
    if (!job) throw new UserError('notFound', `Resource not found: job ${id}`)
    return job
  }
}

type Input = {
  readonly params?: { readonly id?: string }
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
