import type { GatewayId } from '../ids.ts'

/** A stable address for ports of jobs. Its owner connects jobs to it, and it outlives every one of them. */
export type Gateway = {
  readonly id: GatewayId
  readonly user: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** Who comes to `port` of the gateway gets to `containerPort` of the job, wherever it runs. */
export type GatewayPort = {
  readonly gateway: GatewayId
  readonly port: number
  readonly containerPort: number
}

/** Both are in it. */
export type PortRange = { readonly first: number; readonly last: number }

/** The lowest that is free; nothing when all are taken. */
export const freePort = ({ first, last }: PortRange, taken: ReadonlySet<number>): number | undefined => {
  for (let port = first; port <= last; port += 1) if (!taken.has(port)) return port
  return undefined
}
