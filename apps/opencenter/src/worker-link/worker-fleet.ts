import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type RefusalCause,
  type ToWorker,
  WORKER_METHODS,
  type WorkerMethod,
  type WorkerParams,
  type WorkerReport,
  type WorkerResult,
} from '@mmcloud/contract'
import type { InstanceId } from '@mmcloud/domain'
import { type Fleet, WorkerRefusedError } from '@mmcloud/engine'

/** A request that got no answer within this time on a living link is asked again, in case it never arrived. */
const ASK_AGAIN_MS = 30_000

/** The link to one connected worker, as far as the fleet needs it. */
export type WorkerConnection = { send(message: ToWorker): void; close(reason: string): void }

type Answer = {
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly cause?: RefusalCause | undefined } | undefined
}

/** The workers that are connected now, what they last said, and the requests that wait for an answer. */
export class WorkerFleet implements Fleet {
  readonly #links = new Map<InstanceId, { connection: WorkerConnection; report?: WorkerReport }>()
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  readonly #watchers = new Set<() => void>()
  readonly #changed: () => void
  readonly #registryAuth: (source: string) => string | undefined
  readonly #askAgainMs: number

  /** `changed` is called when a report says something new; `registryAuth` gives the login for an image, if one is needed. */
  constructor(
    changed: () => void,
    registryAuth: (source: string) => string | undefined = () => undefined,
    askAgainMs = ASK_AGAIN_MS,
  ) {
    this.#changed = changed
    this.#registryAuth = registryAuth
    this.#askAgainMs = askAgainMs
  }

  /** A worker dialled; an older link of the same instance is closed. */
  attach(instance: InstanceId, connection: WorkerConnection): void {
    this.#links.get(instance)?.connection.close('replaced by a newer link')
    this.#links.set(instance, { connection })
  }

  detach(instance: InstanceId, connection: WorkerConnection): void {
    if (this.#links.get(instance)?.connection === connection) this.#links.delete(instance)
    this.#wakeAll()
  }

  heard(instance: InstanceId, report: WorkerReport): void {
    const link = this.#links.get(instance)
    if (!link) return
    const news = JSON.stringify({ ...link.report, at: 0 }) !== JSON.stringify({ ...report, at: 0 })
    link.report = report
    if (!news) return
    this.#wakeAll()
    this.#changed()
  }

  answered(requestId: string, answer: Answer): void {
    this.#waiting.get(requestId)?.(answer)
  }

  connectedInstances(): readonly InstanceId[] {
    return [...this.#links.keys()]
  }

  report(instance: InstanceId): WorkerReport | undefined {
    return this.#links.get(instance)?.report
  }

  async connected(instance: InstanceId, signal: AbortSignal): Promise<WorkerReport> {
    for (;;) {
      signal.throwIfAborted()
      const report = this.report(instance)
      if (report) return report
      await this.#change(signal)
    }
  }

  async ask<M extends WorkerMethod>(
    instance: InstanceId,
    method: M,
    params: WorkerParams<M>,
    signal: AbortSignal,
  ): Promise<WorkerResult<M>> {
    // One id for all the times it is sent: whichever of them the worker answers, here is who waits for it.
    const requestId = randomUUID()
    const heard = new Promise<Answer>((resolve) => this.#waiting.set(requestId, resolve))
    const request: ToWorker = { type: 'request', requestId, method, params: this.#withLogin(method, params) }
    try {
      for (;;) {
        await this.connected(instance, signal)
        const answer = await this.#askOnce(instance, request, heard, signal)
        if (answer === undefined) continue
        if (answer.error) throw new WorkerRefusedError(answer.error.message, answer.error.cause)
        return WORKER_METHODS[method].result.parse(answer.result) as WorkerResult<M>
      }
    } finally {
      this.#waiting.delete(requestId)
    }
  }

  /** Undefined when the link broke or nothing came: then it is asked again. */
  async #askOnce(
    instance: InstanceId,
    request: ToWorker,
    heard: Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const link = this.#links.get(instance)
    if (!link) return undefined
    const over = new AbortController()
    const until = AbortSignal.any([signal, over.signal])
    try {
      link.connection.send(request)
      const linkLost = this.#until(() => this.#links.get(instance) !== link, until)
      return (
        (await Promise.race([heard, linkLost, sleep(this.#askAgainMs, undefined, { signal: until })])) ??
        undefined
      )
    } finally {
      over.abort()
    }
  }

  /** Logins go along at the last moment: no record and no workflow holds them. */
  #withLogin(method: WorkerMethod, params: unknown): unknown {
    if (method !== 'startJob' && method !== 'restoreJob') return params
    const { spec, ...rest } = params as WorkerParams<'startJob' | 'restoreJob'>
    const registryAuth = this.#registryAuth(spec.image.source)
    if (registryAuth === undefined) return params
    return { ...rest, spec: { ...spec, image: { ...spec.image, registryAuth } } }
  }

  async #until(condition: () => boolean, signal: AbortSignal): Promise<undefined> {
    while (!condition()) await this.#change(signal)
    return undefined
  }

  /** The next change of any link or report. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const watcher = (): void => {
        this.#watchers.delete(watcher)
        signal.removeEventListener('abort', aborted)
        resolve()
      }
      const aborted = (): void => {
        this.#watchers.delete(watcher)
        reject(signal.reason as Error)
      }
      this.#watchers.add(watcher)
      signal.addEventListener('abort', aborted, { once: true })
    })
  }

  #wakeAll(): void {
    for (const watcher of this.#watchers) watcher()
  }
}
