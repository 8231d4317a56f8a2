import { notFound } from '@mmcloud/domain'
import { UsageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'

export const config: Command = {
  name: 'config',
  aliases: [],
  summary: 'Show what the OpCenter was started with, and what sets it',
  usage: 'config list | get NAME',
  flags: [],
  examples: ['float config list', 'float config get local.noticeSeconds'],
  run: async (context) => {
    const [verb = 'list', name] = context.args.words
    if (verb === 'set')
      throw new UsageError(
        'config: an OpCenter is set up when it starts; "float config list" says by which flag or variable',
      )
    if (!['list', 'ls', 'get'].includes(verb)) throw new UsageError(`config: "${verb}" is not list or get`)
    const { client } = await context.connect()
    const { settings } = await client.call('settings')
    if (verb === 'get') {
      const found = settings.find((setting) => setting.name === name)
      if (!found) throw notFound(`setting ${name ?? ''}`)
      context.world.out(`${found.value}\n`)
      return EXIT.ok
    }
    printList(
      context,
      settings,
      ['NAME', 'VALUE', 'SET BY'],
      (each) => [each.name, each.value, each.setBy],
      'No settings',
    )
    return EXIT.ok
  },
}
