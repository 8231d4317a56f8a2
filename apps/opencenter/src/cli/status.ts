import { resolve } from 'node:path'
import { UserError } from '@mmcloud/domain'
import { Command, Option } from 'commander'
import { askState, type RunState } from '../control-socket.ts'

/** `opencenter status` */
export const statusCommand = (): Command =>
  new Command('status')
    .description('tell whether the OpCenter of a data directory runs, where, and with how many jobs')
    .requiredOption('--data-dir <dir>', 'its data directory')
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .action(async (flags: { readonly dataDir: string; readonly format: 'text' | 'json' }) => {
      const dataDir = resolve(flags.dataDir)
      const state = await askState(dataDir)
      if (!state) throw new UserError('notFound', `No OpCenter runs on ${dataDir}`)
      process.stdout.write(flags.format === 'json' ? `${JSON.stringify(state, null, 2)}\n` : textOf(state))
    })

const textOf = ({ jobs, ...state }: RunState): string => {
  const counts = Object.entries(jobs).map(([status, count]) => `${count} ${status}`)
  const lines = [...Object.entries(state), ['jobs', counts.join(', ') || 'none']]
  return lines.map(([name, value]) => `${name}: ${value}\n`).join('')
}
