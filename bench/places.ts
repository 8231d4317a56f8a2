import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Where set-up keeps what it made. */
export const CACHE = process.env['MMCLOUD_CACHE'] ?? '/var/cache/mmcloud'

/** The `python` image unpacked, as the product's own jobs of this run have left it. */
export const pythonRootfs = async (): Promise<string> => {
  const folder = join(CACHE, 'unpacked')
  const found = await Promise.all(
    (await readdir(folder)).map(async (name) => ({
      path: join(folder, name, 'rootfs'),
      at: (await stat(join(folder, name))).mtimeMs,
    })),
  )
  const newest = found.toSorted((a, b) => b.at - a.at)[0]
  if (!newest) throw new Error('no image has been unpacked; run a job first')
  return newest.path
}
