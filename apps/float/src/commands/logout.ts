import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { floatFolder } from '../session/float-folder.ts'
import { readSession, removeSession } from '../session/session-file.ts'

/** The session is forgotten here even when the OpCenter cannot be told. */
export const logout: Command = {
  name: 'logout',
  aliases: [],
  summary: 'End the session',
  usage: 'logout',
  flags: [],
  examples: ['float logout'],
  run: async (context) => {
    const { world } = context
    const folder = floatFolder(world.env)
    if (!readSession(folder)) {
      world.out('Not logged in\n')
      return EXIT.ok
    }
    try {
      const { client } = await context.connect()
      await client.call('logout')
    } catch (error) {
      world.err(
        `float: the OpCenter was not told: ${error instanceof Error ? error.message : String(error)}\n`,
      )
    }
    removeSession(folder)
    world.out('Logout Succeeded!\n')
    return EXIT.ok
  },
}
