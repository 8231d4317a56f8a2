import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UserError } from '@mmcloud/domain'

/**
 * Puts new content in place of a file, with its mode, when it has the checksum that was told; else everything stays as it
 * was. A program may replace the file it runs from: it goes on with the old one.
 */
export const replaceFile = async (
  path: string,
  sha256: string,
  content: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> => {
  const passing = `${path}.${process.pid}.new`
  const file = await openBeside(path, passing)
  try {
    const hash = createHash('sha256')
    for await (const piece of await content()) {
      hash.update(piece)
      await file.writeFile(piece)
    }
    if (hash.digest('hex') !== sha256) {
      throw new UserError('internal', 'what came has another checksum than was told; nothing was replaced')
    }
    await file.sync()
    await chmod(passing, (await stat(path)).mode)
    await rename(passing, path)
  } finally {
    await file.close()
    await rm(passing, { force: true })
  }
}

/** Hex. */
export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Before anything is fetched: replacing needs a folder that may be written to, whatever the file allows. */
const openBeside = async (path: string, passing: string): Promise<FileHandle> => {
  try {
    return await open(passing, 'wx')
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new UserError(
      'forbidden',
      `${path} cannot be replaced: you may not write to ${dirname(path)}. Ask who installed it, or run this as that user`,
      { cause: error },
    )
  }
}
