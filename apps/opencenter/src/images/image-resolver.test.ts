import { tmpdir } from 'node:os'
import type { Library } from '@mmcloud/store'
import { expect, test } from 'vitest'
import type { BlobStore } from './blob-store.ts'
import { ImageResolver } from './image-resolver.ts'

const resolverThatFails = (error: Error): ImageResolver =>
  new ImageResolver(
    {} as Library,
    { importLayout: () => Promise.reject(error) } as unknown as BlobStore,
    () => Promise.reject(new Error('no registry')),
  )

test('a full disk is told as that, not as a fault of the image', async () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
  await expect(resolverThatFails(full).resolve(`oci:${tmpdir()}`)).rejects.toMatchObject({
    kind: 'internal',
    message: expect.stringContaining('no room on the disk of this OpCenter') as string,
  })
  await expect(resolverThatFails(new Error('no index')).resolve(`oci:${tmpdir()}`)).rejects.toMatchObject({
    kind: 'invalidArgument',
    message: expect.stringContaining('is not a whole OCI layout') as string,
  })
})
