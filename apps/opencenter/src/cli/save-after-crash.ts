import { UserError } from '@mmcloud/domain'
import { lockDataDir } from '@mmcloud/store'
import { lastStart } from '../config/last-start.ts'
import { openLog } from '../logs/open-log.ts'
import { logFileOf } from './detach.ts'

/** The jobs are saved; something of the local cloud is left. */
class CloudLeftError extends UserError {
  constructor(why: string) {
    super('internal', `The jobs are saved, but the local cloud could not be stopped: ${why}; try again`)
  }
}

/**
 * Does what a crashed OpCenter can no longer do before its local cloud is stopped: takes its place for as long as it
 * takes to save the running jobs. When that fails nothing is ended.
 */
export const saveAfterCrash = async (dataDir: string): Promise<void> => {
  const lock = lockDataDir(dataDir)
  if (!lock) {
    throw new UserError(
      'conflict',
      `An OpCenter holds ${dataDir} but does not answer; it may be starting: try again soon`,
    )
  }
  try {
    const config = await lastStart(dataDir)
    if (!config) throw new Error('how it was started was not kept')
    const log = openLog(config.logLevel, logFileOf(dataDir))
    const { startOpenCenter } = await import('../opencenter.ts')
    const center = await startOpenCenter(config, log, 'onlyToStop')
    const { stopped, error } = await center.stop()
    if (error !== undefined && stopped) throw new CloudLeftError(error)
    if (error !== undefined) throw new Error(error)
  } catch (cause) {
    if (cause instanceof CloudLeftError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UserError(
      'internal',
      `No OpCenter ran on ${dataDir} any more, and its running jobs could not be saved: ${why}\n` +
        `They are left as they are. Start it again with "opencenter start", or end them without saving: ` +
        `opencenter stop --data-dir ${dataDir} --force`,
      { cause },
    )
  } finally {
    lock.release()
  }
}
