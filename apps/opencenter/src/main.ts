import { UserError } from '@mmcloud/domain'
import { Command } from 'commander'
import { checkCommand } from './check/index.ts'
import { startCommand } from './cli/start.ts'
import { statusCommand } from './cli/status.ts'
import { stopCommand } from './cli/stop.ts'
import { VERSION } from './version.ts'

const program = new Command('opencenter')
  .description('the control plane of Memory Machine Cloud')
  .version(VERSION)
  .addCommand(startCommand())
  .addCommand(stopCommand())
  .addCommand(statusCommand())
  .addCommand(checkCommand())

try {
  await program.parseAsync()
} catch (error) {
  const known = error instanceof UserError
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`Error: ${message}\n`)
  if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
  // The process that started us detached tells it to its person.
  if (process.send) await new Promise((sent) => process.send?.({ failed: message }, sent))
  process.exit(1)
}
