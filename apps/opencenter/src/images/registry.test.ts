import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { basic, openTestApi } from '../http/test-api.ts'
import { parseByteRange } from './registry.ts'

/** An OCI layout with one layer of ten bytes. */
const writeLayout = (folder: string): { manifest: string; layer: string } => {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  const blob = (content: string) => {
    const hex = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(folder, 'blobs/sha256', hex), content)
    return { digest: `sha256:${hex}`, size: content.length }
  }
  const layer = blob('0123456789')
  const manifest = blob(JSON.stringify({ schemaVersion: 2, config: blob('{}'), layers: [layer] }))
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }))
  return { manifest: manifest.digest, layer: layer.digest }
}

test('a worker pulls what was imported, in parts if it likes', async () => {
  const { app, blobs, library, dir } = await openTestApi()
  const { manifest, layer } = writeLayout(join(dir, 'layout'))
  const image = await blobs.importLayout(join(dir, 'layout'))
  expect(image).toEqual({ digest: manifest, bytes: 12 })
  expect(await blobs.importLayout(join(dir, 'layout'))).toEqual(image)
  await library.put({ name: 'tiny', tag: 'latest', uri: '', ...image, description: '', port: 0 })

  const get = (url: string, headers: Record<string, string> = {}, authorization = basic('i-1', 's')) =>
    app.inject({ url, headers: { authorization, ...headers } })
  const refused = await get('/v2/', {}, basic('admin', 'right'))
  expect(refused.statusCode).toBe(401)
  expect(refused.headers['www-authenticate']).toContain('Basic')
  expect((await get('/v2/')).statusCode).toBe(200)

  for (const reference of ['latest', manifest]) {
    const answer = await get(`/v2/library/tiny/manifests/${reference}`)
    expect(answer.headers['docker-content-digest']).toBe(manifest)
    expect(answer.headers['content-type']).toBe('application/vnd.oci.image.manifest.v1+json')
  }
  expect((await get(`/v2/library/tiny/blobs/${layer}`)).body).toBe('0123456789')
  const part = await get(`/v2/library/tiny/blobs/${layer}`, { range: 'bytes=3-' })
  expect(part).toMatchObject({ statusCode: 206, body: '3456789' })
  expect((await get(`/v2/library/tiny/blobs/${layer}`, { range: 'bytes=10-' })).statusCode).toBe(416)
  expect((await get(`/v2/library/tiny/blobs/sha256:${'0'.repeat(64)}`)).statusCode).toBe(404)
  expect((await get('/v2/library/tiny/blobs/..%2f..%2fetc')).statusCode).toBe(404)
})

test('a byte range lies inside the blob, whatever header is sent', () => {
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.option(fc.nat()), fc.option(fc.nat())).map(([a, b]) => `bytes=${a ?? ''}-${b ?? ''}`),
  )
  fc.assert(
    fc.property(header, fc.nat(), (text, size) => {
      const range = parseByteRange(text, size)
      if (range === undefined || range === 'unsatisfiable') return
      expect(0 <= range.start && range.start <= range.end && range.end < size).toBe(true)
    }),
  )
})
