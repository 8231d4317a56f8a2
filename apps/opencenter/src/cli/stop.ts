import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopGateway } from '../gateway/gateway-process.ts'
import { localCloudRemains, stopLocalCloud } from '@mmcloud/provider-local'
import { Command } from 'commander'
import { askState, askStop, type RunState } from '../control-socket.ts'
import { saveAfterCrash } from './save-after-crash.ts'

const LOOK_MS = 20

/** `opencenter stop`: running jobs are saved first, and the local cloud is stopped with it. */
export const stopCommand = (): Command =>
  new Command('stop')
    .description('save running jobs, then stop the OpCenter and its local cloud; also after a crash of it')
    .requiredOption('--data-dir <dir>', 'its data directory')
    .option('--force', 'save nothing: running jobs go back to their last checkpoint at the next start')
    .action(async (flags: { readonly dataDir: string; readonly force?: true }) => {
      const dataDir = resolve(flags.dataDir)
      const state = await askState(dataDir)
      const said = state
        ? await stopRunning(dataDir, state, flags.force === true)
        : await stopCrashed(dataDir, flags.force === true)
      process.stdout.write(`${said}\n`)
      // Of an OpCenter that was only here to save, nothing may keep this process.
      process.exit(0)
    })

const stopRunning = async (dataDir: string, { pid }: RunState, force: boolean): Promise<string> => {
  await askStop(dataDir, force)
  while (existsSync(`/proc/${pid}`)) await sleep(LOOK_MS)
  return 'OpCenter stopped'
}

const stopCrashed = async (dataDir: string, force: boolean): Promise<string> => {
  if (!(await localCloudRemains(dataDir))) return `No OpCenter runs on ${dataDir}`
  if (!force) {
    await saveAfterCrash(dataDir)
    return `No OpCenter ran on ${dataDir} any more; its jobs are saved, and its local cloud is stopped`
  }
  await stopGateway(dataDir)
  await stopLocalCloud(dataDir)
  return `No OpCenter ran on ${dataDir} any more; its local cloud is stopped, nothing was saved`
}
