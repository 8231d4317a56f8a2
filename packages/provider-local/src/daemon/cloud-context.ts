import type { Logger } from 'pino'
import type { LocalCloudConfig } from '../config.ts'
import type { Machine } from '../market/offers.ts'
import type { Cgroups } from './cgroup/cgroups.ts'
import type { CloudState } from './cloud-state.ts'
import type { keyedLock } from './keyed-lock.ts'
import type { Network } from './network.ts'
import type { Swap } from './swap.ts'

/** What the parts of the daemon share. */
export type CloudContext = {
  readonly cloudDir: string
  /** `mmc-…`: the name of every kernel object of this cloud. */
  readonly name: string
  config: LocalCloudConfig
  readonly log: Logger
  readonly machine: Machine
  readonly state: CloudState
  readonly network: Network
  readonly cgroups: Cgroups
  readonly swap: Swap
  /** By volume id or instance id, and the packet filter last. Whoever needs both takes the volume's first. */
  readonly lock: ReturnType<typeof keyedLock>
}
