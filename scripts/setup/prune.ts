import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A folder of results named after their recipes, and the names that are of use now. */
export type Shelf = { readonly folder: string; readonly keep: readonly string[] }

/** A folder in which `link` names the one result of use. */
export const linkedShelf = (folder: string, link: string): Shelf => ({
  folder,
  keep: [link, readlinkSync(join(folder, link))],
})

/**
 * Removes from the shelves what earlier recipes made and what a broken-off set-up left half made; answers with the
 * paths. For use under the set-up lock, when what is of use now is complete and nobody uses the rest.
 */
export const prune = (shelves: readonly Shelf[]): string[] =>
  shelves.flatMap(({ folder, keep }) => {
    const old = existsSync(folder) ? readdirSync(folder).filter((name) => !keep.includes(name)) : []
    for (const name of old) rmSync(join(folder, name), { recursive: true, force: true })
    return old.map((name) => join(basename(folder), name))
  })

/** Some local cloud of this machine has an instance: its processes are in groups named after the cloud. */
export const cloudRuns = (): boolean =>
  someProcess((process) => /[:/]mmc-/.test(readFileSync(`${process}/cgroup`, 'utf8')))

/** Some process has its root below `folder`. */
export const isRootOfAProcess = (folder: string): boolean =>
  someProcess((process) => readlinkSync(`${process}/root`).startsWith(`${folder}/`))

const someProcess = (matches: (process: string) => boolean): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return matches(`/proc/${pid}`)
      } catch {
        return false // It has just ended.
      }
    })
