import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, checkout } from './places.ts'
import { linkedShelf, type Shelf } from './prune.ts'
import { run } from './run.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from './step.ts'

/** Servers that others wrote and that jobs use in tests: `servers/NAME/NAME` in the cache. */
export const serversDir = join(cacheDir, 'servers')
const LISTS = 'e2e/servers'

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
    fix: 'see what go said above; it must be the version in go.mod or later, and reach its module proxy; then run: npm test',
  }
}

const names = readdirSync(join(checkout, LISTS))

/** What is of use now of all that was ever built. */
export const serversShelf = (): Shelf => {
  const inUse = names.flatMap((name) => linkedShelf(serversDir, name).keep)
  return { folder: serversDir, keep: inUse }
}

/** Only asked for by the end-to-end tests. */
export const goServers: readonly Step[] = names.map(goServer)
