import type { GatewayRoute } from '@mmcloud/domain'
import type { ClosedDoor, GatewayDoors } from './gateway-doors.ts'

/** Doors in memory: where somebody who comes to a port gets to now. */
export class FakeGatewayDoors implements GatewayDoors {
  readonly ports = { first: 20_000, last: 20_002 }
  readonly address = '10.213.0.1'
  routes: readonly GatewayRoute[] = []
  /** How often they were told. */
  puts = 0

  async put(routes: readonly GatewayRoute[], _signal: AbortSignal): Promise<readonly ClosedDoor[]> {
    this.puts += 1
    this.routes = routes
    return []
  }

  /** `host:port`, `waits`, or `closed`. */
  at(port: number): string {
    const route = this.routes.find((each) => each.port === port)
    if (!route) return 'closed'
    return route.upstream ? `${route.upstream.host}:${route.upstream.port}` : 'waits'
  }
}
