import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Product } from '@mmcloud/testkit'

/** `float` as one file, as the OpCenter hands it out. */
export const downloadFloat = async (product: Product, target: string): Promise<void> => {
  const { stdout } = await promisify(execFile)('curl', ['-sk', `${product.url}/float`], {
    encoding: 'buffer',
    maxBuffer: 2 ** 28,
  })
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, stdout)
  await chmod(target, 0o755)
}
