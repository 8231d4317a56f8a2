import { join } from 'node:path'
import { cacheDir } from '../setup/places.ts'

/** Everything the emulated machine is made of. */
export const vmDir = join(cacheDir, 'vm')
