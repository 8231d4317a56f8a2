import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { bundleFloat } from '../../apps/float/build.ts'
import { checkout, currentSystem, dataDir, imagesDir, systemDir, unpackedDir } from '../setup/places.ts'
import { run } from '../setup/run.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from '../setup/step.ts'
import { vmDir } from './places.ts'

const LEFT_OUT = new Set(['.git', 'node_modules', '.cache', 'coverage'])

/** The newest such disk. The machine boots from this: a source may have changed since set-up looked. */
export const currentProduct = join(vmDir, 'product')

/** Every source file of the checkout with its size and time: what changes when a source is newer. */
const sourcesState = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return []
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return sourcesState(path)
    if (!entry.isFile()) return []
    const { size, mtimeMs } = statSync(path)
    return [`${path} ${size} ${mtimeMs}`]
  })

/** Where jobs here have unpacked image `python`, if one has. */
const unpackedPython = (): string => {
  const index = readFileSync(join(imagesDir, 'python', 'index.json'), 'utf8')
  const { manifests } = JSON.parse(index) as { manifests: readonly { digest: string }[] }
  return join(unpackedDir, manifests[0]!.digest)
}

const key = (): string =>
  createHash('sha256')
    .update(recipeHash(['package-lock.json']))
    .update(sourcesState(checkout).toSorted().join('\n'))
    .update(readlinkSync(currentSystem))
    .update(readlinkSync(join(imagesDir, 'python')))
    .update(existsSync(unpackedPython()) ? 'unpacked' : 'packed')
    .digest('hex')
    .slice(0, 12)

/**
 * The checkout with its packages, and what set-up made: `/opt/mmcloud/{checkout,cache}` of the emulated machine. What this
 * machine does twenty times faster is done here: `float` is bundled, and image `python` unpacked if a job here had it so.
 */
export const productDisk = (): Step & { readonly dir: string } => {
  const dir = join(vmDir, `product-${key()}`)
  return {
    name: 'disk with this checkout and its set-up',
    dir,
    isDone: () =>
      existsSync(dir) && existsSync(currentProduct) && readlinkSync(currentProduct) === basename(dir),
    run: async (progress) => {
      for (const old of existsSync(vmDir) ? readdirSync(vmDir) : []) {
        if (old.startsWith('product-')) rmSync(join(vmDir, old), { recursive: true, force: true })
      }
      await buildInPlace(dir, async (passing) => {
        const tree = join(passing, 'tree')
        mkdirSync(join(tree, 'cache', 'system'), { recursive: true })
        mkdirSync(join(tree, 'cache', 'images'))
        progress('gathering')
        cpSync(checkout, join(tree, 'checkout'), {
          recursive: true,
          verbatimSymlinks: true,
          filter: (path) => !['.git', '.cache', 'coverage'].includes(basename(path)),
        })
        // Newer than all sources of that tree: it is not made again there.
        await bundleFloat(join(tree, 'checkout/.cache/float.mjs'))
        const system = readlinkSync(currentSystem)
        const python = readlinkSync(join(imagesDir, 'python'))
        // cp and not cpSync: owners, devices and hard links of a root file system are part of it.
        await run('cp', [
          '-a',
          join(systemDir, system),
          join(systemDir, 'current'),
          join(tree, 'cache/system'),
        ])
        await run('cp', [
          '-a',
          join(imagesDir, python),
          join(imagesDir, 'python'),
          join(tree, 'cache/images'),
        ])
        await run('cp', ['-a', dataDir, join(tree, 'cache')])
        if (existsSync(unpackedPython())) {
          mkdirSync(join(tree, 'cache', 'unpacked'), { mode: 0o700 })
          await run('cp', ['-a', unpackedPython(), join(tree, 'cache/unpacked')])
        }
        progress('writing the disk')
        await run('mke2fs', ['-q', '-t', 'ext4', '-d', tree, join(passing, 'disk.img'), '24G'])
        rmSync(tree, { recursive: true, force: true })
      })
      linkInPlace(currentProduct, basename(dir))
    },
    fix: 'see what it said above; then run: npm run test:vm',
  }
}
