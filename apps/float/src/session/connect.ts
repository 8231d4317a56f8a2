import {
  type Client,
  createClient,
  type Credentials,
  parseAddress,
  type Transport,
  type Trust,
} from '@mmcloud/client'
import { UserError } from '@mmcloud/domain'
import type { Arguments } from '../arguments.ts'
import type { World } from '../world.ts'
import { floatFolder } from './float-folder.ts'
import { pinFile, pinPath } from './pin-file.ts'
import { patiently } from './patiently.ts'
import { readSession, type SavedSession } from './session-file.ts'

/** An OpCenter to talk to. */
export type Connection = {
  readonly client: Client
  /** As typed. */
  readonly address: string
  readonly credentials: Credentials
  readonly close: () => void
}

/** By `-a`, else the last login, else `FLOAT_ADDR` (inside a job); as `-O`, `-u -p`, `FLOAT_TOKEN`, or the login's session. */
export const connect = async (args: Arguments, world: World): Promise<Connection> => {
  const inner = innerAddress(world)
  const session = lastLogin(world, inner)
  const address = args.value('address') ?? session?.address ?? world.env['FLOAT_ADDR']
  if (!address) {
    throw new UserError('unauthenticated', 'no session; log in first: float login -a HOST[:PORT] -u NAME')
  }
  const credentials = await credentialsFor(args, world, address, session)
  const inside = address === inner
  const trust = inside ? ANY : trustFor(world, floatFolder(world.env))
  const transport = world.openTransport(parseAddress(address), trust)
  const client = createClient(inside ? untilAnswered(world, transport) : transport, credentials)
  return { client, address, credentials, close: transport.close }
}

/** Where a job finds the OpCenter; nothing outside of jobs. */
const innerAddress = ({ env }: World): string | undefined =>
  env['FLOAT_JOB_ID'] ? env['FLOAT_ADDR'] || undefined : undefined

/** The image of a job may have no folder that its user may write to: then there was no login either. */
const lastLogin = ({ env }: World, inner: string | undefined): SavedSession | undefined => {
  try {
    return readSession(floatFolder(env))
  } catch (error) {
    if (inner !== undefined) return undefined
    throw error
  }
}

/** Between a job and its instance there is nobody, and each instance shows a certificate of its own. */
const ANY: Trust = {
  kind: 'pins',
  store: { get: () => undefined, set: () => undefined },
  where: 'nowhere',
}

/** The job may be moved between a question and its answer: what changes nothing is asked again on the other side. */
const untilAnswered =
  (world: World, transport: Transport): Transport =>
  (request) =>
    request.method === 'GET' ? patiently(world, () => transport(request)) : transport(request)

const credentialsFor = async (
  args: Arguments,
  world: World,
  address: string,
  session: SavedSession | undefined,
): Promise<Credentials> => {
  const given = args.value('token')
  if (given) return tokenOf(given)
  const username = args.value('username')
  const password = args.value('password')
  if (username !== undefined || password !== undefined) {
    return { kind: 'password', ...(await complete(username, password, world)) }
  }
  const kept = world.env['FLOAT_TOKEN']
  if (kept) return tokenOf(kept)
  // A token goes only to the OpCenter that gave it. Inside a job the worker adds the job's own credential.
  return session?.address === address ? { kind: 'token', token: session.token } : { kind: 'none' }
}

/** As it was told, or without its first word. */
const tokenOf = (text: string): Credentials => ({
  kind: 'token',
  token: /^bearer /i.test(text) ? text : `Bearer ${text}`,
})

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
