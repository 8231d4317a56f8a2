import { type Client, createClient, type Credentials, parseAddress, type Trust } from '@mmcloud/client'
import { UserError } from '@mmcloud/domain'
import type { Arguments } from '../arguments.ts'
import type { World } from '../world.ts'
import { floatFolder } from './float-folder.ts'
import { pinFile, pinPath } from './pin-file.ts'
import { readSession, type SavedSession } from './session-file.ts'

/** An OpCenter to talk to. */
export type Connection = {
  readonly client: Client
  /** As typed. */
  readonly address: string
  readonly credentials: Credentials
  readonly close: () => void
}

/** By `-a`, else `FLOAT_ADDR` (inside a job), else the last login; as `-u -p`, `-O`, or the login's session. */
export const connect = async (args: Arguments, world: World): Promise<Connection> => {
  const folder = floatFolder(world.env)
  const session = readSession(folder)
  const address = args.value('address') ?? (world.env['FLOAT_ADDR'] || session?.address)
  if (!address) {
    throw new UserError('unauthenticated', 'no session; log in first: float login -a HOST[:PORT] -u NAME')
  }
  const credentials = await credentialsFor(args, world, address, session)
  const transport = world.openTransport(parseAddress(address), trustFor(world, folder))
  return { client: createClient(transport, credentials), address, credentials, close: transport.close }
}

const credentialsFor = async (
  args: Arguments,
  world: World,
  address: string,
  session: SavedSession | undefined,
): Promise<Credentials> => {
  const token = args.value('token')
  if (token) return { kind: 'token', token }
  const username = args.value('username')
  const password = args.value('password')
  if (username !== undefined || password !== undefined) {
    return { kind: 'password', ...(await complete(username, password, world)) }
  }
  // A token goes only to the OpCenter that gave it. Inside a job the worker adds the job's own credential.
  return session?.address === address ? { kind: 'token', token: session.token } : { kind: 'none' }
}

/** Asks for what is missing, on a terminal only. */
export const complete = async (
  username: string | undefined,
  password: string | undefined,
  world: World,
): Promise<{ username: string; password: string }> => ({
  username: username ?? (await asked('Username: ', '--username', false, world)),
  password: password ?? (await asked('Password: ', '--password', true, world)),
})

const asked = (question: string, flag: string, hidden: boolean, world: World): Promise<string> => {
  if (!world.ask) throw new UserError('invalidArgument', `Invalid argument, ${flag} is missing`)
  return world.ask(question, { hidden })
}

/** `FLOAT_FINGERPRINT` or `FLOAT_CA` where given, else the certificate met first. */
export const trustFor = (world: World, folder: string): Trust => {
  const fingerprint = world.env['FLOAT_FINGERPRINT']
  if (fingerprint) return { kind: 'fingerprint', fingerprint }
  const ca = world.env['FLOAT_CA']
  if (ca) return { kind: 'ca', pem: world.readFile(ca) }
  return { kind: 'pins', store: pinFile(folder), where: pinPath(folder) }
}
