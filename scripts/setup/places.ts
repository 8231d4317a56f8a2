import { dirname, join } from 'node:path'

/** Root of the checkout. */
export const checkout = dirname(dirname(import.meta.dirname))

/** Where everything large that set-up makes lies; shared by all checkouts of this machine. */
export const cacheDir = process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud'

/** Root file system of every instance; the link always names a complete one. */
export const systemDir = join(cacheDir, 'system')
export const currentSystem = join(systemDir, 'current')

/** OCI layouts of the app library. */
export const imagesDir = join(cacheDir, 'images')

/** Images as jobs of this machine have unpacked them, by digest. */
export const unpackedDir = join(cacheDir, 'unpacked')

/** Data sets of the demo and of tests. */
export const dataDir = join(cacheDir, 'data')
