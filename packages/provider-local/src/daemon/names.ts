import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'

/** Every kernel object of a cloud carries this name, so that whoever sweeps knows whose it is. */
export const cloudName = (cloudDir: string): string =>
  `mmc-${createHash('sha256').update(realpathSync(cloudDir)).digest('hex').slice(0, 8)}`
