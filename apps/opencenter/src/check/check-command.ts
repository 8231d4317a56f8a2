import type { HealthRow } from '@mmcloud/domain'
import { Command, Option } from 'commander'
import { checkMachine, type Probe } from './check-machine.ts'

/** `opencenter check`: works before any start; exits 1 when a row failed. */
export const checkCommand = (probe?: Probe): Command =>
  new Command('check')
    .description('look whether this machine can run Memory Machine Cloud, and say what mends what is missing')
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .action(async ({ format }: { format: 'table' | 'json' }) => {
      const rows = await checkMachine(probe)
      process.stdout.write(format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows))
      if (rows.some((row) => row.status === 'failed')) process.exitCode = 1
    })

/** Columns as wide as their widest word; what mends a row stands below it. */
export const tableOf = (rows: readonly HealthRow[]): string => {
  const wide = Math.max(...rows.map((row) => row.name.length))
  const lines = rows.flatMap((row) => [
    `${row.name.padEnd(wide)}  ${row.status.padEnd('warning'.length)}  ${row.found}`,
    ...(row.fix === '' ? [] : [`${''.padEnd(wide)}  ${''.padEnd('warning'.length)}  → ${row.fix}`]),
  ])
  const count = (status: HealthRow['status']): number => rows.filter((row) => row.status === status).length
  return `${lines.join('\n')}\n\n${count('ok')} ok, ${count('warning')} warning, ${count('failed')} failed\n`
}
