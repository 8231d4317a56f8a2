import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { InstanceRecord } from './cloud-state.ts'

const MAX_TTL_SECONDS = 21_600
const PREFIX = '/latest/meta-data/'

/**
 * Instance metadata as AWS serves it, version 2: a PUT gives a token, a GET needs one. Who asks is told by the source
 * address. `find` answers the instance at an address.
 */
export const metadataServer = (find: (address: string) => InstanceRecord | undefined, key: string): Server =>
  createServer((request, response) => {
    const answer = respond(request, find(request.socket.remoteAddress ?? ''), key)
    response.writeHead(answer.status, { 'content-type': 'text/plain', ...answer.headers })
    response.end(answer.body)
  })

type Answer = { status: number; body: string; headers?: Record<string, string> }
const REFUSED: Answer = { status: 401, body: 'Unauthorized\n' }
const NOT_FOUND: Answer = { status: 404, body: 'Not Found\n' }

const respond = (request: IncomingMessage, instance: InstanceRecord | undefined, key: string): Answer => {
  if (!instance) return NOT_FOUND
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  if (request.method === 'PUT' && path === '/latest/api/token') return newToken(request, instance, key)
  if (request.method !== 'GET') return { status: 405, body: 'Method Not Allowed\n' }
  if (!tokenHolds(request.headers['x-aws-ec2-metadata-token'], instance, key)) return REFUSED
  if (!path.startsWith(PREFIX)) return NOT_FOUND
  const body = read(path.slice(PREFIX.length).replace(/\/$/, ''), instance)
  return body === undefined ? NOT_FOUND : { status: 200, body }
}

/** A file's text, or the names in a directory; undefined where there is neither. */
const read = (path: string, instance: InstanceRecord): string | undefined => {
  const files = documents(instance)
  const file = files[path]
  if (file !== undefined) return file
  const directory = path === '' ? '' : `${path}/`
  const names = Object.keys(files)
    .filter((name) => name.startsWith(directory))
    .map((name) => name.slice(directory.length).replace(/\/.*/, '/'))
  return names.length > 0 ? [...new Set(names)].join('\n') : undefined
}

const documents = (instance: InstanceRecord): Record<string, string> => {
  const at = instance.interruptionAt
  const time = at === undefined ? '' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
  return {
    hostname: instance.id,
    'instance-id': instance.id,
    'instance-life-cycle': instance.market === 'spot' ? 'spot' : 'on-demand',
    'instance-type': instance.instanceType,
    'local-hostname': instance.id,
    'local-ipv4': instance.address,
    ...(at !== undefined && {
      'spot/instance-action': JSON.stringify({ action: 'terminate', time }),
      'spot/termination-time': time,
    }),
  }
}

const newToken = (request: IncomingMessage, { id }: InstanceRecord, key: string): Answer => {
  const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds'])
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_TTL_SECONDS)
    return { status: 400, body: 'Bad Request\n' }
  const expires = String(Date.now() + seconds * 1000)
  return {
    status: 200,
    body: `${expires}.${sign(expires, id, key)}`,
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(seconds) },
  }
}

const tokenHolds = (token: string | string[] | undefined, { id }: InstanceRecord, key: string): boolean => {
  if (typeof token !== 'string') return false
  const [expires = '', signature = ''] = token.split('.')
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(expires, id, key))]
  return given.length === right.length && timingSafeEqual(given, right) && Number(expires) > Date.now()
}

const sign = (expires: string, instanceId: string, key: string): string =>
  createHmac('sha256', key).update(`${expires} ${instanceId}`).digest('base64url')
