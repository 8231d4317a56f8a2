import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { succeeds } from '../system/exec.ts'
import { checkpointDirectory, type Manifest } from './manifest.ts'

const CHUNK = 4 * 1024 * 1024
const PAUSE_MS = 20
/** Only these are large. They grow at their end alone while CRIU dumps; there is one for each process with memory. */
const PAGES = /^pages-\d+\.img$/

/**
 * Sizes and checksums of the images in a directory; `follow` reads and writes them back while they grow. `direct` goes
 * past the kernel's cache, as CRIU then does.
 */
export class Images {
  readonly #directory: string
  readonly #direct: boolean
  readonly #files = new Map<string, { size: number; crc32: number }>()
  /** Resizable, because those begin at a page, as direct reading wants it. */
  readonly #buffer = new Uint8Array(new ArrayBuffer(CHUNK, { maxByteLength: CHUNK }))

  constructor(directory: string, options: { direct: boolean } = { direct: false }) {
    this.#directory = directory
    this.#direct = options.direct
  }

  /**
   * Keeps up with CRIU until `stopped`, so that little is left to do when the dump is over: reads what was written, has
   * it brought to the disk, and lets go of the cache that it took.
   */
  async follow(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      for (const name of this.#names().filter((file) => PAGES.test(file))) {
        if ((await this.#read(name, stopped)) > 0 && !stopped()) await this.#writeBack(name)
      }
      await sleep(PAUSE_MS)
    }
  }

  /** Reads the rest and answers all. */
  async sums(): Promise<Manifest['files']> {
    for (const name of this.#names()) await this.#read(name, () => false)
    return [...this.#files].map(([name, sums]) => ({ name, ...sums }))
  }

  #names(): string[] {
    return existsSync(this.#directory) ? readdirSync(this.#directory) : []
  }

  /** Reads on from where it was; returns how many bytes were new. */
  async #read(name: string, stopped: () => boolean): Promise<number> {
    const sums = this.#files.get(name) ?? { size: 0, crc32: 0 }
    const before = sums.size
    this.#files.set(name, sums)
    const direct = this.#direct && PAGES.test(name) ? constants.O_DIRECT : 0
    const file = openSync(`${this.#directory}/${name}`, constants.O_RDONLY | direct)
    try {
      for (;;) {
        const read = readSync(file, this.#buffer, 0, CHUNK, sums.size)
        sums.crc32 = crc32(this.#buffer.subarray(0, read), sums.crc32)
        sums.size += read
        if (read === 0 || stopped()) return sums.size - before
        await setImmediate()
      }
    } finally {
      closeSync(file)
    }
  }

  async #writeBack(name: string): Promise<void> {
    const file = openSync(`${this.#directory}/${name}`, 'r')
    // An error is told again, and then heard, by the sync that ends the checkpoint.
    await new Promise<void>((resolve) => fdatasync(file, () => resolve()))
    closeSync(file)
    if (!this.#direct) await dropCache(`${this.#directory}/${name}`)
  }
}

/** What is not yet on the disk stays. Node has no call for this. */
const dropCache = (path: string): Promise<boolean> =>
  succeeds('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'])

/** Throws when an image is missing or has another size than was written. Takes no time. */
export const checkSizes = (manifest: Manifest): void => {
  for (const { name, size } of manifest.files) {
    const path = `${imagesOf(manifest)}/${name}`
    const found = existsSync(path) ? statSync(path).size : 'nothing'
    if (found !== size) throw damaged(manifest, `${name} has ${found} bytes instead of ${size}`)
  }
}

/** Throws when the content of an image is other than was written. Reads all of them. */
export const checkContents = async (manifest: Manifest, direct: boolean): Promise<void> => {
  const found = await new Images(imagesOf(manifest), { direct }).sums()
  for (const { name, crc32: expected } of manifest.files) {
    const sums = found.find((file) => file.name === name)
    if (sums?.crc32 !== expected) throw damaged(manifest, `the checksum of ${name} does not match`)
  }
}

export const imagesOf = ({ checkpoint }: Manifest): string => `${checkpointDirectory(checkpoint.seq)}/images`

const damaged = (manifest: Manifest, what: string): Error =>
  new Error(`Checkpoint ${manifest.checkpoint.seq} is damaged: ${what}`)
