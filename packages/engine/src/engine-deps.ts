import type { InstanceId, RandomInteger } from '@mmcloud/domain'
import type { Clock } from './ports/clock.ts'
import type { Fleet } from './ports/fleet/fleet.ts'
import type { GatewayDoors } from './ports/gateway/gateway-doors.ts'
import type { JobLogs } from './ports/job-logs.ts'
import type { Log } from './ports/log.ts'
import type { Provider } from './ports/provider/provider.ts'
import type { Records } from './ports/records/records.ts'
import type { Usage } from './ports/usage/usage.ts'

/** Everything the engine touches, injected: so that it can run unchanged in tests and in a simulator. */
export type EngineDeps = {
  readonly records: Records
  readonly provider: Provider
  readonly fleet: Fleet
  readonly usage: Usage
  readonly doors: GatewayDoors
  readonly logs: JobLogs
  readonly clock: Clock
  readonly random: RandomInteger
  readonly log: Log
  /** What a new instance runs at its first boot. The same id always gives the same user data, so that a launch can be repeated. */
  readonly userData: (instance: InstanceId) => string
}
