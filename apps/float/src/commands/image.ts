import { UserError } from '@mmcloud/domain'
import { UsageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { formatBytes, printList } from '../render/output.ts'

const LATER = ['add', 'show', 'delete', 'tags']

export const image: Command = {
  name: 'image',
  aliases: ['mi', 'images'],
  summary: 'List the app library',
  usage: 'image list',
  flags: [],
  examples: ['float image list'],
  run: async (context) => {
    const [verb = 'list'] = context.args.words
    if (LATER.includes(verb)) throw new UserError('notSupported', `image ${verb} is not supported yet`)
    if (verb !== 'list' && verb !== 'ls') throw new UsageError(`image: "${verb}" is not list`)
    const { client } = await context.connect()
    const { images } = await client.call('images')
    const row = (item: (typeof images)[number]): string[] => [
      item.name,
      item.tag,
      item.uri || '-',
      item.digest.slice(0, 19),
      formatBytes(item.bytes),
      item.description,
    ]
    printList(context, images, ['NAME', 'TAG', 'URI', 'DIGEST', 'SIZE', 'DESCRIPTION'], row, 'No images')
    return EXIT.ok
  },
}
