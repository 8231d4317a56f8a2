import type { GatewayRoute } from '@mmcloud/domain'
import { Door } from './door.ts'

export type ClosedDoor = { readonly port: number; readonly reason: string }

/** All doors of one OpCenter. */
export class Relay {
  readonly #host: string
  readonly #doors = new Map<number, Door>()

  constructor(host: string) {
    this.#host = host
  }

  /** From now on these and no others. Answers those that could not be opened; asked again it tries again. */
  async put(routes: readonly GatewayRoute[]): Promise<readonly ClosedDoor[]> {
    const wanted = new Set(routes.map(({ port }) => port))
    for (const [port, door] of this.#doors) {
      if (wanted.has(port)) continue
      this.#doors.delete(port)
      await door.close()
    }
    const closed: ClosedDoor[] = []
    for (const route of routes) {
      const door = this.#doors.get(route.port)
      if (door) door.lead(route)
      else {
        try {
          this.#doors.set(route.port, await Door.open(this.#host, route))
        } catch (error) {
          closed.push({ port: route.port, reason: error instanceof Error ? error.message : String(error) })
        }
      }
    }
    return closed
  }
}
