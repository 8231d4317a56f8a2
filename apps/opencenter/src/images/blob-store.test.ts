import { createHash } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BlobStore } from './blob-store.ts'

let dir: string
let layout: string
let store: BlobStore
let image: { manifest: string; layer: string }
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mmcloud-blobs-'))
  layout = join(dir, 'layout')
  store = new BlobStore(join(dir, 'library'))
  image = writeLayout()
})
afterEach(() => rmSync(dir, { recursive: true }))

/** An OCI layout of one layer. */
const writeLayout = (): typeof image => {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  const blob = (content: string) => {
    const hex = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(layout, 'blobs/sha256', hex), content)
    return { digest: `sha256:${hex}`, size: content.length }
  }
  const layer = blob('0123456789')
  const manifest = blob(JSON.stringify({ schemaVersion: 2, config: blob('{}'), layers: [layer] }))
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }))
  return { manifest: manifest.digest, layer: layer.digest }
}
const fileOf = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'))
const replaceByLink = (digest: string, target: string): void => {
  renameSync(fileOf(digest), target)
  symlinkSync(target, fileOf(digest))
}

test('what is written into a layout after its import does not reach the image', async () => {
  await store.importLayout(layout)
  writeFileSync(fileOf(image.layer), 'overwritten')
  expect(readFileSync(store.path(image.layer)!, 'utf8')).toBe('0123456789')
})

test('a layout that never changes is not copied', async () => {
  await store.importLayout(layout, { neverChanges: true })
  expect(statSync(store.path(image.layer)!).ino).toBe(statSync(fileOf(image.layer)).ino)
})

describe('nothing is kept of an image', () => {
  test.each(['layer', 'manifest'] as const)('whose %s is not what its digest says', async (part) => {
    writeFileSync(fileOf(image[part]), `${readFileSync(fileOf(image[part]), 'utf8')} `)
    await expect(store.importLayout(layout)).rejects.toThrow('not what it says')
    expect(store.path(image.layer)).toBeUndefined()
    expect(store.path(image.manifest)).toBeUndefined()
  })

  test.each(['layer', 'manifest'] as const)('whose %s is a link out of the layout', async (part) => {
    replaceByLink(image[part], join(dir, 'outside'))
    await expect(store.importLayout(layout)).rejects.toThrow('is no file of that layout')
    expect(store.path(image.manifest)).toBeUndefined()
  })

  test('whose blobs are all elsewhere', async () => {
    renameSync(join(layout, 'blobs'), join(dir, 'blobs'))
    symlinkSync(join(dir, 'blobs'), join(layout, 'blobs'))
    await expect(store.importLayout(layout)).rejects.toThrow('is no file of that layout')
  })

  test('whose index is a link out of the layout', async () => {
    renameSync(join(layout, 'index.json'), join(dir, 'index.json'))
    symlinkSync(join(dir, 'index.json'), join(layout, 'index.json'))
    await expect(store.importLayout(layout)).rejects.toThrow('is no file of that layout')
  })
})

test('links within a layout, and to it, are followed; files are kept, not links', async () => {
  replaceByLink(image.layer, join(layout, 'kept-once'))
  linkSync(join(layout, 'kept-once'), join(layout, 'kept-twice'))
  symlinkSync(layout, join(dir, 'latest'))
  await store.importLayout(join(dir, 'latest'))
  rmSync(layout, { recursive: true })
  expect(readFileSync(store.path(image.layer)!, 'utf8')).toBe('0123456789')
  expect(readdirSync(join(dir, 'library'))).toHaveLength(3)
})
