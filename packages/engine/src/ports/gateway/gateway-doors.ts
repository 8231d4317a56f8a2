import type { GatewayRoute, PortRange } from '@mmcloud/domain'

/**
 * The ports at which jobs are reached through gateways, and the relay behind them. It goes on with the routes it has while
 * we are away.
 */
export interface GatewayDoors {
  /** Those it may open. */
  readonly ports: PortRange
  /** The address (IPv4) that instances see its connections come from. */
  readonly address: string
  /**
   * Replaces all routes. A port that is new opens, one that is gone closes with its connections; where the upstream changes,
   * connections to the one before end, and who waits goes on to the new one. Answers the ports that could not be opened,
   * each with the reason. Idempotent.
   */
  put(routes: readonly GatewayRoute[], signal: AbortSignal): Promise<readonly ClosedDoor[]>
}

export type ClosedDoor = { readonly port: number; readonly reason: string }
