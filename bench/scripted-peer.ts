import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '@mmcloud/testkit'
import { longestGap } from './statistics.ts'

const PATIENCE_MS = 300_000

/**
 * Drives a peer that is a shell script: it makes `ready` when its program ticks, saves and restores it once for each
 * `go-N` it finds, has the ticks in `ticks` when it makes `done-N`, and makes `failed` when it ends before its time;
 * all of these in `folder`, and its words in `console`.
 */
export class ScriptedPeer {
  readonly #folder: string
  #round = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  ready(): Promise<void> {
    return this.#made('ready')
  }

  async standStill(): Promise<number> {
    const since = Date.now() / 1000
    this.#round += 1
    await writeFile(join(this.#folder, `go-${this.#round}`), '')
    await this.#made(`done-${this.#round}`)
    return longestGap(await readFile(join(this.#folder, 'ticks'), 'utf8'), since).seconds
  }

  #made(name: string): Promise<void> {
    return waitFor(`${name} in ${this.#folder}`, PATIENCE_MS, async () => {
      if (existsSync(join(this.#folder, 'failed')))
        throw new Error(`The script failed:\n${await readFile(join(this.#folder, 'console'), 'utf8')}`)
      return existsSync(join(this.#folder, name)) ? { done: undefined } : { notYet: 'not there' }
    })
  }
}
