import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS } from '../apps/float/src/commands/index.ts'
import { referencePage } from '../apps/float/src/reference.ts'
import { checkout } from './setup/places.ts'

/** Makes docs/reference.md anew, after a command or flag has changed. */
writeFileSync(join(checkout, 'docs/reference.md'), referencePage(COMMANDS))
