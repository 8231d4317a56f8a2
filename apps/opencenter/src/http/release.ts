import { createReadStream } from 'node:fs'
import { FLOAT_PLATFORMS, type FloatPlatform } from '@mmcloud/contract/float-platforms'
import type { FastifyInstance } from 'fastify'
import type { FloatFiles } from '../release/float-files.ts'

/**
 * `float` itself, for whoever has none yet: one file each, with no credentials, and its checksum beside it in the form
 * that `sha256sum --check` reads. `/float` is the one most people want.
 */
export const releaseRoutes = (app: FastifyInstance, files: FloatFiles): void => {
  serve(app, files, 'float', 'linux_amd64')
  for (const platform of FLOAT_PLATFORMS) serve(app, files, `float.${platform}`, platform)
}

const serve = (app: FastifyInstance, files: FloatFiles, name: string, platform: FloatPlatform): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: `/${name}`,
    schema: { hide: true },
    handler: async (request, reply) => {
      const { path, bytes, sha256 } = await files(platform)
      const etag = `"${sha256}"`
      // Asked for again with each use: it is replaced under the same name.
      reply.headers({ etag, 'cache-control': 'no-cache' })
      if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
      reply.headers({ 'content-type': 'application/octet-stream', 'content-length': bytes })
      return reply.send(request.method === 'HEAD' ? undefined : createReadStream(path))
    },
  })
  app.get(`/${name}.sha256`, { schema: { hide: true } }, async (_request, reply) => {
    const { sha256 } = await files(platform)
    return reply.type('text/plain; charset=utf-8').send(`${sha256}  ${name}\n`)
  })
}

const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((known) => ['*', etag].includes(known.trim().replace(/^W\//, '')))
