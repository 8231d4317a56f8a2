import { UserError } from '@mmcloud/domain'
import { createClient, parseAddress } from '@mmcloud/client'
import type { Command, Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { renderYaml } from '../render/yaml.ts'
import { complete, trustFor } from '../session/connect.ts'
import { floatFolder } from '../session/float-folder.ts'
import { readSession, writeSession } from '../session/session-file.ts'

export const login: Command = {
  name: 'login',
  aliases: [],
  summary: 'Log in to an OpCenter, or tell who is logged in (--info)',
  usage: 'login -a HOST[:PORT] -u NAME [-p PASSWORD] | login --info',
  flags: [{ long: 'info', summary: 'tell of the live session and refresh it; fails without one' }],
  examples: ['float login -a 127.0.0.1:8443 -u admin', 'float login --info'],
  run: (context) => (context.args.isSet('info') ? info(context) : logIn(context)),
}

const logIn = async ({ args, world }: Context): Promise<number> => {
  const folder = floatFolder(world.env)
  const address = args.value('address') ?? (readSession(folder)?.address || world.env['FLOAT_ADDR'])
  if (!address) throw new UserError('invalidArgument', 'Invalid argument, --address is missing')
  const where = parseAddress(address)
  const pair = await complete(args.value('username'), args.value('password'), world)
  const transport = world.openTransport(where, trustFor(world, folder))
  try {
    const { token, session } = await createClient(transport, { kind: 'password', ...pair }).login()
    writeSession(folder, { address, username: session.username, role: session.role, token })
  } finally {
    transport.close()
  }
  world.out('Login Succeeded!\n')
  return EXIT.ok
}

/** Scripts call it to keep a session alive: the OpCenter starts its timer anew. */
const info = async (context: Context): Promise<number> => {
  const { client, address } = await context.connect()
  const { username, role, expiresAt } = await client.call('session')
  const known = { address, username, role, ...(expiresAt === undefined ? {} : { expiresAt }) }
  context.world.out(context.format === 'json' ? `${JSON.stringify(known, null, 2)}\n` : renderYaml(known))
  return EXIT.ok
}
