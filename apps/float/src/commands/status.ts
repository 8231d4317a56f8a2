import { formatDuration } from '@mmcloud/contract/grammar/duration'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

export const status: Command = {
  name: 'status',
  aliases: [],
  summary: 'Tell how the OpCenter is',
  usage: 'status',
  flags: [],
  examples: ['float status', 'float status -a 127.0.0.1:8443 -u admin -F json'],
  run: async (context) => {
    const { client, address } = await context.connect()
    const state = await client.call('status')
    const { world, format } = context
    if (format === 'json') {
      world.out(`${JSON.stringify({ address, ...state }, null, 2)}\n`)
      return EXIT.ok
    }
    const jobs = Object.entries(state.jobs).map(([word, count]) => `${count} ${word}`)
    world.out(
      [
        `OpCenter: ${address}`,
        `License Status: ${state.licenseStatus}`,
        `Version: ${state.version}`,
        `Up: ${formatDuration((world.now() - Date.parse(state.startTime)) / 1000)}`,
        `Instances: ${state.instances}`,
        `Jobs: ${jobs.join(', ') || 'none'}`,
        '',
      ].join('\n'),
    )
    return EXIT.ok
  },
}
