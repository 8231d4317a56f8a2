import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Wheel, wheelOf } from './wheel.ts'

const PYTHON = fileURLToPath(new URL('../../../../python/', import.meta.url))

/** The Python packages of this project. */
export const ownWheels = (): readonly Wheel[] =>
  readdirSync(PYTHON)
    .map((name) => join(PYTHON, name))
    .filter((folder) => existsSync(join(folder, 'pyproject.toml')))
    .map(wheelOf)
