import type { SubmitBody } from '@mmcloud/contract'
import { parseListFilters } from '@mmcloud/contract/grammar/list-filter'
import { UserError } from '@mmcloud/contract/user-error'
import type { OpenCenter } from './open-center.ts'

/** One job as the agent sees it. */
export type FakeJob = {
  readonly body: SubmitBody
  status: string
  rc?: string
  /** What it wrote to stdout, and to stderr if anything. */
  log: string
  errors?: string
  /** Where it is; empty where it is nowhere. */
  workingHost: string
  lastUpdate: string
  endTime?: string
  checkpoints: number
  readonly migrations: readonly object[]
  readonly customTags: Record<string, string>
  /** Of another user: it is seen, and not to be changed. */
  isAnothers?: boolean
}

/** An OpCenter of a test: jobs in memory, one for each idempotency key, and a failure that every call has while it is set. */
export class FakeCenter implements OpenCenter {
  readonly origin = (): string => 'https://opcenter.example:8443'
  readonly jobs = new Map<string, FakeJob>()
  failure: Error | undefined
  /** The same for what reads a log alone. */
  logFailure: Error | undefined
  /** How many of each call have come. */
  readonly calls = new Map<string, number>()
  /** Of every job. */
  readonly events: { seq: number; reason: string; sentence: string; to: string }[] = [
    { seq: 1, reason: 'started', sentence: 'the program runs', to: 'Executing' },
  ]
  /** Before each answer. */
  delay: Promise<void> = Promise.resolve()
  readonly #byKey = new Map<string, string>()
  readonly #answers: Readonly<Record<string, (id: string, input: Input) => unknown>> = {
    session: () => ({}),
    submitJob: (_id, { body, headers }) => this.#submit(body as SubmitBody, Object.values(headers ?? {})[0]),
    job: (id) => ({ ...this.#job(id), id, cost: '0.01 USD', instanceType: 't', attempt: 1 }),
    events: (_id, { query }) => ({ events: this.events.filter(({ seq }) => seq > (query?.after ?? 0)) }),
    migrations: (id) => ({ migrations: this.#job(id).migrations }),
    instances: () => ({ instances: [{ instance: 'i-1', instanceType: 't' }] }),
    jobPages: (_id, { query }) => ({ Jobs: this.#listed(query?.filter ?? '') }),
    modifyJob: (id, { body }) => Object.assign(this.#own(id).customTags, (body as SubmitBody).customTags),
    cancelJob: (id) => (this.#own(id).status = 'Cancelled'),
    samples: () => ({
      at: [1000, 2000],
      series: { cpuPercent: [50, null], memBytes: [7, 8], capacityCpu: [2, 2], capacityMemBytes: [9, 9] },
    }),
  }

  async call(name: string, input: unknown = {}): Promise<never> {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1)
    await this.delay
    if (this.failure) throw this.failure
    const asked = input as Input
    return this.#answers[name]!(asked.params?.id ?? '', asked) as never
  }

  async readLog(job: string, file: string, offset: number): Promise<never> {
    const failure = this.failure ?? this.logFailure
    if (failure) throw failure
    const { log, errors } = this.#job(job)
    if (file === 'stderr.autosave' && errors === undefined)
      throw new UserError('notFound', `log file ${file}`)
    const all = Buffer.from(file === 'stdout.autosave' ? log : (errors ?? ''))
    const from = offset < 0 ? Math.max(0, all.length + offset) : offset
    return { bytes: all.subarray(from), offset: from, size: all.length } as never
  }

  #submit(body: SubmitBody, key: string | undefined): { readonly id: string } {
    const before = key === undefined ? undefined : this.#byKey.get(key)
    if (before !== undefined) return { id: before }
    const id = `job-${this.jobs.size}`
    const customTags = { ...(body.customTags as Record<string, string>) }
    const nowhere = { workingHost: '', lastUpdate: '1', checkpoints: 0, migrations: [] }
    this.jobs.set(id, { body, status: 'Submitted', log: '', customTags, ...nowhere })
    if (key !== undefined) this.#byKey.set(key, id)
    return { id }
  }

  #listed(filter: string): readonly object[] {
    const isWanted = parseListFilters([filter])
    const unasked = { name: '', user: '', image: '', category: '', instanceType: '', host: '' }
    return [...this.jobs]
      .map(([id, job]) => ({ ...job, id }))
      .filter(({ id, status }) => isWanted({ ...unasked, id, status }))
  }

  #own(id: string): FakeJob {
    const job = this.#job(id)
    if (job.isAnothers) throw new UserError('forbidden', `job ${id} belongs to another user`)
    return job
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
  readonly query?: { readonly after?: number; readonly filter?: string }
  readonly headers?: Readonly<Record<string, string>>
}
