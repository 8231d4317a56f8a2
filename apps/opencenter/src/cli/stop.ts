import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopLocalCloud } from '@mmcloud/provider-local'
import { Command } from 'commander'
import { askState, askStop } from '../control-socket.ts'

const LOOK_MS = 20

/** `opencenter stop`: running jobs are saved first, and the local cloud is stopped with it. */
export const stopCommand = (): Command =>
  new Command('stop')
    .description('save running jobs, then stop the OpCenter and its local cloud')
    .requiredOption('--data-dir <dir>', 'its data directory')
    .action(async (flags: { readonly dataDir: string }) => {
      const dataDir = resolve(flags.dataDir)
      const state = await askState(dataDir)
      if (!state) {
        await stopLocalCloud(dataDir)
        process.stdout.write(`No OpCenter runs on ${dataDir}\n`)
        return
      }
      await askStop(dataDir)
      while (existsSync(`/proc/${state.pid}`)) await sleep(LOOK_MS)
      process.stdout.write('OpCenter stopped\n')
    })
