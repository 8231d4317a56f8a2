import type { ServerWritableStream } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import {
  type HealthCheckRequest,
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus as Status,
  HealthListResponse,
  type HealthServer,
} from './generated/grpc/health/v1/health.ts'

type Watcher = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>

/** Whether the agent can be of use now, as gRPC's health protocol tells it: the same for each of its services, and for `""`. */
export class Health {
  readonly #services: ReadonlySet<string>
  readonly #watchers = new Set<Watcher>()
  /** Of services that are not here. */
  readonly #strangers = new Set<Watcher>()
  #serving = true

  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services])
  }

  get serving(): boolean {
    return this.#serving
  }

  set serving(serving: boolean) {
    if (serving === this.#serving) return
    this.#serving = serving
    for (const watcher of this.#watchers) watcher.write(this.#now)
  }

  /** Who watches would hold up a server that drains. */
  close(): void {
    for (const watcher of [...this.#watchers, ...this.#strangers]) watcher.end()
  }

  readonly calls: HealthServer = {
    check: ({ request }, callback) =>
      this.#services.has(request.service)
        ? callback(null, this.#now)
        : callback({ code: status.NOT_FOUND, details: `no service ${request.service}` }),
    list: (_call, callback) =>
      callback(
        null,
        HealthListResponse.fromPartial({
          statuses: Object.fromEntries([...this.#services].map((name) => [name, this.#now])),
        }),
      ),
    watch: (call) => {
      const known = this.#services.has(call.request.service)
      const kept = known ? this.#watchers : this.#strangers
      kept.add(call)
      call.on('cancelled', () => kept.delete(call))
      call.on('close', () => kept.delete(call))
      call.write(known ? this.#now : HealthCheckResponse.fromPartial({ status: Status.SERVICE_UNKNOWN }))
    },
  }

  get #now(): HealthCheckResponse {
    return HealthCheckResponse.fromPartial({ status: this.#serving ? Status.SERVING : Status.NOT_SERVING })
  }
}
