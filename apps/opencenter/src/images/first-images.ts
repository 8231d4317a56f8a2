import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Library } from '@mmcloud/store'
import type { BlobStore } from './blob-store.ts'

/** Puts the image that set-up has built into the library; a newer build of it replaces the entry. */
export const addFirstImages = async (library: Library, blobs: BlobStore, cacheDir: string): Promise<void> => {
  const layout = join(cacheDir, 'images', 'python')
  if (!existsSync(join(layout, 'index.json'))) return
  // Set-up replaces results as a whole.
  const image = await blobs.importLayout(layout, { neverChanges: true })
  await library.put({
    name: 'python',
    tag: 'latest',
    uri: '',
    ...image,
    description: 'Debian 13 with Python 3, numpy and pandas',
    port: 0,
  })
}
