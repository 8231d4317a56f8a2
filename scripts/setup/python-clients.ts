import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall } from './apt-install.ts'
import { hasPip, PIP_PACKAGES } from './pip.ts'
import { cacheDir, checkout } from './places.ts'
import { linkedShelf, type Shelf } from './prune.ts'
import { run } from './run.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from './step.ts'

/** Programs that others wrote and that drive the product in tests: `clients/NAME` in the cache, for `PYTHONPATH`. */
export const clientsDir = join(cacheDir, 'clients')
const LISTS = 'e2e/clients'

/** Compiled parts are for one version of Python. */
const pythonVersion = (): string => spawnSync('python3', ['--version'], { encoding: 'utf8' }).stdout.trim()

/** Its list, from the root of the checkout. */
export const requirementsOf = (name: string): string => join(LISTS, name, 'requirements.txt')

/** Its list names everything it needs with its version: pip has nothing to decide. */
const pythonClient = (name: string): Step => {
  const list = requirementsOf(name)
  const built = (): string => `${name}-${recipeHash([list], [process.arch, pythonVersion()])}`
  const link = join(clientsDir, name)
  return {
    name: `client ${name} from PyPI`,
    isDone: () => existsSync(link) && readlinkSync(link) === built() && existsSync(join(clientsDir, built())),
    run: async (progress) => {
      if (!hasPip()) await aptInstall(PIP_PACKAGES, progress)
      progress('downloading')
      await buildInPlace(join(clientsDir, built()), async (passing) => {
        const quietly = ['-m', 'pip', 'install', '--no-deps', '--disable-pip-version-check']
        await run('python3', [...quietly, '--target', passing, '-r', join(checkout, list)])
      })
      linkInPlace(link, built())
    },
    fix: 'see what pip said above; `python3 -m pip` must reach its index; then run: npm test',
  }
}

/** The bench measures beside it. */
export const flyteClient = pythonClient('flyte')

const names = readdirSync(join(checkout, LISTS))

/** What is of use now of all that was ever installed: the clients, and what more has a link beside them. */
export const clientsShelf = (more: readonly string[]): Shelf => {
  const inUse = [...names, ...more].flatMap((name) => linkedShelf(clientsDir, name).keep)
  return { folder: clientsDir, keep: inUse }
}

/** Only asked for by the end-to-end tests. */
export const pythonClients: readonly Step[] = names.map(pythonClient)
