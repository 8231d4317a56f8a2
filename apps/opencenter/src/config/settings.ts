import type { SettingView } from '@mmcloud/contract'
import type { PortRange } from '@mmcloud/domain'
import { localCloudConfigSchema } from '@mmcloud/provider-local'
import type { Config } from './config.ts'

/** With the defaults of the local cloud. */
const localSchema = localCloudConfigSchema.omit({ dataDir: true, systemImage: true, imageStore: true })

/** What an OpCenter was started with, for admins to read; no password is among it. */
export const settingsOf = (config: Config, gatewayPorts: PortRange): readonly SettingView[] => {
  const { listen } = config
  const local = localSchema.parse(config.local)
  const { spot = 'no limit', onDemand = 'no limit' } = local.capacity ?? {}
  return [
    setting('dataDir', '--data-dir', config.dataDir),
    setting('listen', '--listen', `${listen.host}:${listen.port}`),
    setting('cacheDir', 'MMCLOUD_CACHE', config.cacheDir),
    setting('logLevel', 'OPCENTER_LOG_LEVEL', config.logLevel),
    setting('workerPort', 'OPCENTER_WORKER_PORT', config.workerPort),
    setting('gateway.ports', 'OPCENTER_GATEWAY_PORTS', `${gatewayPorts.first}-${gatewayPorts.last}`),
    setting('local.noticeSeconds', 'OPCENTER_LOCAL_NOTICE', local.defaultNoticeSeconds),
    setting(
      'local.meanReclaimSeconds',
      'OPCENTER_LOCAL_MEAN_RECLAIM',
      local.meanTimeToReclaimSeconds ?? 'never',
    ),
    setting('local.seed', 'OPCENTER_LOCAL_SEED', local.seed),
    setting('local.overcommit', 'OPCENTER_LOCAL_OVERCOMMIT', local.overcommit),
    setting('local.swapGB', 'OPCENTER_LOCAL_SWAP_GB', local.swapGB),
    setting('local.spotCapacity', 'OPCENTER_LOCAL_SPOT_CAPACITY', spot),
    setting('local.onDemandCapacity', 'OPCENTER_LOCAL_ON_DEMAND_CAPACITY', onDemand),
  ]
}

const setting = (name: string, setBy: string, value: string | number | boolean): SettingView => ({
  name,
  value: String(value),
  setBy,
})
