import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cloudDirOf, localCloudConfigSchema } from './config.ts'
import { ask, DaemonAwayError } from './control/client.ts'
import { hasGroups } from './daemon/cgroup/cgroups.ts'
import { cloudName } from './daemon/names.ts'
import { waitUntil } from './daemon/wait.ts'
import { startDaemon } from './start-daemon.ts'

/** Ending many instances, each with disks to unmount. */
const STOP_LIMIT_MS = 120_000

/**
 * Ends every instance of the cloud and its daemon, and leaves nothing of it on the machine but the volumes, which
 * stay in the data directory. A cloud whose daemon has crashed is started for it, so that what is left is found.
 */
export const stopLocalCloud = async (dataDir: string): Promise<void> => {
  const cloudDir = cloudDirOf(dataDir)
  const configFile = join(cloudDir, 'config.json')
  if (!existsSync(configFile)) return
  const signal = AbortSignal.timeout(STOP_LIMIT_MS)
  const pid = await pidOfDaemon(cloudDir, signal)
  if (pid === undefined) {
    if (!leavesTraces(cloudDir)) return
    await startDaemon(localCloudConfigSchema.parse(JSON.parse(await readFile(configFile, 'utf8'))), signal)
    return stopLocalCloud(dataDir)
  }
  await ask(cloudDir, 'stop', {}, signal)
  await waitUntil(() => !existsSync(`/proc/${pid}`), 10_000, `the local cloud (process ${pid}) has ended`)
}

/** Whether anything of the cloud may be left on the machine. */
export const localCloudRemains = async (dataDir: string): Promise<boolean> => {
  const cloudDir = cloudDirOf(dataDir)
  if (!existsSync(join(cloudDir, 'config.json'))) return false
  const pid = await pidOfDaemon(cloudDir, AbortSignal.timeout(STOP_LIMIT_MS))
  return pid !== undefined || leavesTraces(cloudDir)
}

/** What a dead daemon leaves for longest: its network, and the groups of its instances where somebody has removed that. */
const leavesTraces = (cloudDir: string): boolean => {
  const name = cloudName(cloudDir)
  return existsSync(`/run/netns/${name}`) || hasGroups(name)
}

const pidOfDaemon = async (cloudDir: string, signal: AbortSignal): Promise<number | undefined> => {
  try {
    return (await ask(cloudDir, 'status', {}, signal)).pid
  } catch (error) {
    if (error instanceof DaemonAwayError) return undefined
    throw error
  }
}
