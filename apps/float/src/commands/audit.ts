import { UsageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'

export const audit: Command = {
  name: 'audit',
  aliases: [],
  summary: 'Tell who asked for what change, from where, and what became of it (admins)',
  usage: 'audit [-n N] [--user NAME]',
  flags: [
    { long: 'limit', short: 'n', value: 'N', summary: 'the newest so many (100), at most 1000' },
    { long: 'user', value: 'NAME', summary: 'only what this user asked for' },
  ],
  examples: ['float audit', 'float audit --user ann -n 20', 'float audit -F json'],
  run: async (context) => {
    const { args } = context
    const limit = args.value('limit')
    if (limit !== undefined && !/^\d{1,4}$/.test(limit))
      throw new UsageError(`--limit: "${limit}" is not a whole number up to 1000`)
    const user = args.value('user')
    const query = { ...(limit === undefined ? {} : { limit: Number(limit) }), ...(user ? { user } : {}) }
    const { client } = await context.connect()
    const { entries } = await client.call('audit', { query })
    printList(
      context,
      entries,
      ['WHEN', 'USER', 'JOB', 'FROM', 'CALL', 'ABOUT', 'STATUS'],
      (one) => [
        one.at,
        one.user || '-',
        one.job || '-',
        one.address,
        one.call,
        one.target || '-',
        String(one.status),
      ],
      'Nothing was asked for yet',
    )
    return EXIT.ok
  },
}
