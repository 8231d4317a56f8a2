import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Library } from '@mmcloud/store'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BlobStore } from './blob-store.ts'

export type RegistryDeps = {
  readonly blobs: BlobStore
  readonly library: Library
  /** Whether this is the credential of that instance's worker. */
  readonly verifyWorker: (instanceId: string, credential: string) => Promise<boolean> | boolean
}

/**
 * The OpCenter's own registry: as much of the OCI distribution protocol as `skopeo copy` reads. Repositories are
 * `library/NAME`; workers log in with their instance's id and their credential.
 */
export const registryRoutes = (app: FastifyInstance, deps: RegistryDeps): void => {
  const guarded = {
    schema: { hide: true },
    preHandler: (request: FastifyRequest, reply: FastifyReply) => admit(deps, request, reply),
  }
  app.get('/v2/', guarded, async () => ({}))
  app.get('/v2/*', guarded, async (request, reply) => {
    const wanted = /^(?:library\/)?(.+)\/(manifests|blobs)\/([\w:.-]+)$/.exec(
      (request.params as { '*': string })['*'],
    )
    const [, name = '', kind, reference = ''] = wanted ?? []
    if (kind === 'manifests') return sendManifest(deps, name, reference, reply)
    if (kind === 'blobs') return sendBlob(deps, reference, request, reply)
    return unknown(reply, 'NAME_UNKNOWN')
  })
}

const admit = async (deps: RegistryDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const [, encoded = ''] = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon > 0 && (await deps.verifyWorker(pair.slice(0, colon), pair.slice(colon + 1)))) return
  await reply
    .code(401)
    .header('www-authenticate', 'Basic realm="Memory Machine Cloud"')
    .send({ errors: [{ code: 'UNAUTHORIZED', message: 'a worker logs in with its credential' }] })
}

const sendManifest = async (
  { blobs, library }: RegistryDeps,
  name: string,
  reference: string,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const digest = reference.startsWith('sha256:') ? reference : (await library.image(name, reference))?.digest
  const path = digest === undefined ? undefined : blobs.path(digest)
  if (digest === undefined || path === undefined) return unknown(reply, 'MANIFEST_UNKNOWN')
  return reply
    .header('content-type', await blobs.mediaType(digest))
    .header('docker-content-digest', digest)
    .header('content-length', (await stat(path)).size)
    .send(createReadStream(path))
}

const sendBlob = async (
  { blobs }: RegistryDeps,
  digest: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const path = blobs.path(digest)
  if (path === undefined) return unknown(reply, 'BLOB_UNKNOWN')
  const { size } = await stat(path)
  const range = parseByteRange(request.headers.range, size)
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send()
  reply
    .header('content-type', 'application/octet-stream')
    .header('docker-content-digest', digest)
    .header('accept-ranges', 'bytes')
  if (!range) return reply.header('content-length', size).send(createReadStream(path))
  return reply
    .code(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${size}`)
    .header('content-length', range.end - range.start + 1)
    .send(createReadStream(path, range))
}

/** One `bytes=` range, both ends inclusive; anything we do not understand is no range, as HTTP allows. */
export const parseByteRange = (
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    return Number(last) === 0 || size === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, size - Number(last)), end: size - 1 }
  }
  const start = Number(first)
  const end = Math.min(size - 1, last === '' ? Infinity : Number(last))
  if (start >= size) return 'unsatisfiable'
  return end < start ? undefined : { start, end }
}

const unknown = (reply: FastifyReply, code: string): FastifyReply =>
  reply.code(404).send({ errors: [{ code, message: 'not in this library' }] })
