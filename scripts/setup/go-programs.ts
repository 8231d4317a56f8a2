import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, checkout } from './places.ts'
import { clientsDir } from './python-clients.ts'
import { linkedShelf, type Shelf } from './prune.ts'
import { run } from './run.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from './step.ts'

/** Servers that others wrote and that jobs use in tests: `servers/NAME/NAME` in the cache. */
export const serversDir = join(cacheDir, 'servers')
const LISTS = 'e2e/servers'
const FIX =
  'see what go said above; it must be the version in go.mod or later, and reach its module proxy; then run: npm test'

/** Its `go.mod` names the program as a tool, and `go.sum` what each of its parts must be. */
const goServer = (name: string): Step => {
  const list = join(LISTS, name)
  const built = `${name}-${recipeHash([join(list, 'go.mod'), join(list, 'go.sum')], [process.arch])}`
  const link = join(serversDir, name)
  return {
    name: `server ${name}, built with Go`,
    isDone: () => existsSync(link) && readlinkSync(link) === built && existsSync(join(serversDir, built)),
    run: async (progress) => {
      progress('downloading and building')
      await buildInPlace(join(serversDir, built), async (passing) => {
        mkdirSync(passing)
        const into = ['-trimpath', '-ldflags=-s -w', '-o', join(passing, name)]
        await run('go', ['build', ...into, 'tool'], { cwd: join(checkout, list) })
      })
      linkInPlace(link, built)
    },
    fix: FIX,
  }
}

const names = readdirSync(join(checkout, LISTS))

/** What is of use now of all that was ever built. */
export const serversShelf = (): Shelf => {
  const inUse = names.flatMap((name) => linkedShelf(serversDir, name).keep)
  return { folder: serversDir, keep: inUse }
}

/** A client in another language, made into one program: `clients/engine-in-go/engine-in-go`. The bench loads agents with it. */
const ENGINE = 'engine-in-go'
const engineLink = join(clientsDir, ENGINE)
const engineSources = ['go.mod', 'go.sum', 'engine_test.go', 'load_test.go'].map((file) =>
  join('e2e', ENGINE, file),
)
const engineBuilt = `${ENGINE}-${recipeHash(engineSources, [process.arch])}`
export const goEngine: Step = {
  name: 'client engine-in-go, built with Go',
  isDone: () =>
    existsSync(engineLink) &&
    readlinkSync(engineLink) === engineBuilt &&
    existsSync(join(clientsDir, engineBuilt)),
  run: async (progress) => {
    progress('downloading and building')
    await buildInPlace(join(clientsDir, engineBuilt), async (passing) => {
      mkdirSync(passing)
      await run('go', ['test', '-c', '-o', join(passing, ENGINE), '.'], {
        cwd: join(checkout, 'e2e', ENGINE),
      })
    })
    linkInPlace(engineLink, engineBuilt)
  },
  fix: FIX,
}

/** Only asked for by the end-to-end tests. */
export const goPrograms: readonly Step[] = [...names.map(goServer), goEngine]

/** Its link among the clients. */
export const goClientLinks: readonly string[] = [ENGINE]
