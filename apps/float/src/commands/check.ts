import type { HealthRow } from '@mmcloud/domain'
import picocolors from 'picocolors'
import type { Command, Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { type Plain, renderYaml } from '../render/yaml.ts'

/** Fails when a row failed, so that a script can ask; a warning does not. */
export const check: Command = {
  name: 'check',
  aliases: [],
  summary: "Ask the OpCenter for its own and its workers' health, and how to mend it",
  usage: 'check',
  flags: [],
  examples: ['float check', 'float check -F json'],
  run: async (context) => {
    const { client } = await context.connect()
    const health = await client.call('health')
    if (context.format === 'json') context.world.out(`${JSON.stringify(health, null, 2)}\n`)
    else if (context.format === 'yaml')
      context.world.out(renderYaml(health as { readonly [key: string]: Plain }))
    else {
      const workers = health.workers.map((worker) =>
        section(
          context,
          `worker ${worker.instance} (${worker.instanceType}), job ${worker.job}`,
          worker.rows,
        ),
      )
      context.world.out([section(context, 'OpCenter', health.openCenter), ...workers].join('\n'))
    }
    const rows = [health.openCenter, ...health.workers.map((worker) => worker.rows)].flat()
    return rows.some((row) => row.status === 'failed') ? EXIT.failed : EXIT.ok
  },
}

const section = ({ world }: Context, title: string, rows: readonly HealthRow[]): string => {
  const colours = picocolors.createColors(world.colours)
  const paint = { ok: colours.green, warning: colours.yellow, failed: colours.red }
  const width = Math.max(0, ...rows.map((row) => row.name.length))
  const lines = rows.flatMap((row) => [
    `  ${paint[row.status](row.status.padEnd(7))}  ${row.name.padEnd(width)}  ${row.found}`,
    ...(row.fix === '' ? [] : [`  ${' '.repeat(7)}  ${' '.repeat(width)}  fix: ${row.fix}`]),
  ])
  return `${[colours.bold(title), ...lines].join('\n')}\n`
}
