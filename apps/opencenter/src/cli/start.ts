import { mkdir } from 'node:fs/promises'
import { UserError } from '@mmcloud/domain'
import { lockDataDir } from '@mmcloud/store'
import { Command } from 'commander'
import { type Config, readConfig } from '../config/config.ts'
import { askState } from '../control-socket.ts'
import { openLog } from '../logs/open-log.ts'
import { logFileOf, type Ready, startDetached } from './detach.ts'

type Flags = { readonly dataDir: string; readonly listen: string; readonly detach?: true }

/** `opencenter start` */
export const startCommand = (): Command =>
  new Command('start')
    .description('start the OpCenter of a data directory')
    .requiredOption('--data-dir <dir>', 'where everything it must not forget is kept')
    .option('--listen <address:port>', 'where people and programs reach it', '127.0.0.1:8443')
    .option('--detach', 'return as soon as it is ready')
    .action(async (flags: Flags) => {
      if (process.getuid?.() !== 0)
        throw new UserError('notSupported', 'The OpCenter makes sandboxes and disks: start it as root')
      const config = readConfig(flags, process.env)
      // Nothing that we start needs it, and children would inherit it.
      delete process.env['OPCENTER_ADMIN_PASSWORD']
      // Records hold scripts and variables of jobs: for root alone, whoever made the directory.
      process.umask(0o077)
      await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
      if (flags.detach) tellReady(await startDetached(config))
      else await runHere(config)
    })

const runHere = async (config: Config): Promise<void> => {
  const lock = lockDataDir(config.dataDir)
  if (!lock) throw await alreadyRunning(config.dataDir)
  const detached = process.send !== undefined
  const log = openLog(config.logLevel, detached ? logFileOf(config.dataDir) : 2)

  const { startOpenCenter } = await import('../opencenter.ts')
  const center = await startOpenCenter(config, log)
  const stop = (): void => void center.stop()
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  const { address, adminPassword, warnings } = center
  const ready: Ready = { address, warnings, ...(adminPassword === undefined ? {} : { adminPassword }) }
  if (process.send) process.send({ ready }, () => process.disconnect())
  else tellReady(ready)

  await center.stopped
  lock.release()
  process.exit(0)
}

const tellReady = ({ address, adminPassword, warnings }: Ready): void => {
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`)
  if (adminPassword !== undefined) {
    process.stdout.write(`Password of admin (shown only now): ${adminPassword}\n`)
  }
  process.stdout.write(`OpCenter ready at ${address}\n`)
}

const alreadyRunning = async (dataDir: string): Promise<UserError> => {
  const state = await askState(dataDir).catch(() => undefined)
  const who = state ? ` (process ${state.pid}, ${state.address})` : ''
  return new UserError(
    'conflict',
    `An OpCenter runs on ${dataDir} already${who}; stop it with: opencenter stop --data-dir ${dataDir}`,
  )
}
