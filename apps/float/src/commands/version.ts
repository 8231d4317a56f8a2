import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { FLOAT_VERSION } from '../float-version.ts'

/** Works with no OpCenter at all, and then tells its own version only. */
export const version: Command = {
  name: 'version',
  aliases: [],
  summary: 'Tell the version of float, and of the OpCenter if it answers',
  usage: 'version',
  flags: [],
  examples: ['float version'],
  run: async (context) => {
    const openCenter = await askOpenCenter(context)
    const known = { float: FLOAT_VERSION, ...(openCenter === undefined ? {} : { openCenter }) }
    if (context.format === 'json') context.world.out(`${JSON.stringify(known, null, 2)}\n`)
    else
      context.world.out(`float ${known.float}\n${openCenter === undefined ? '' : `OpCenter ${openCenter}\n`}`)
    return EXIT.ok
  },
}

const askOpenCenter = async (context: Parameters<Command['run']>[0]): Promise<string | undefined> => {
  try {
    const { client } = await context.connect()
    return (await client.call('version')).version
  } catch {
    return undefined
  }
}
