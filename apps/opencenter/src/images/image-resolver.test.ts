import { tmpdir } from 'node:os'
import type { Library } from '@mmcloud/store'
import { expect, test } from 'vitest'
import type { BlobStore } from './blob-store.ts'
import { ImageResolver } from './image-resolver.ts'
import { type InspectRegistry, NoAnswerError } from './inspect-registry.ts'

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

test.each([
  [
    new Error('manifest unknown'),
    'invalidArgument',
    'is neither in the library ("float image list") nor found in its registry',
  ],
  [
    new NoAnswerError('the registry quay.io', { said: 'pinging container registry quay.io: 502' }),
    'unavailable',
    'is not in the library ("float image list"), and the registry quay.io did not answer',
  ],
])('%s is told as what it is', async (error, kind, message) => {
  const inspect: InspectRegistry = () => Promise.reject(error)
  const resolver = new ImageResolver(
    { image: () => Promise.resolve(undefined) } as unknown as Library,
    {} as BlobStore,
    inspect,
  )
  await expect(resolver.resolve('quay.io/a/b:1')).rejects.toMatchObject({
    kind,
    field: 'image',
    message: expect.stringContaining(message) as string,
    detail: error.message,
  })
})
