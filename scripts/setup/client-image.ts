import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { layersOf, writeOciLayout } from './oci-layout.ts'
import { checkout, imagesDir } from './places.ts'
import { clientsDir, requirementsOf } from './python-clients.ts'
import { DEBIAN_PYTHON, pythonRecipe } from './python-image.ts'
import { run } from './run.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from './step.ts'

/** Where Debian's Python looks for what is not Debian's. */
const PACKAGES = `usr/local/lib/python${DEBIAN_PYTHON}/dist-packages`

/**
 * Image `python` and, on top of it, the packages that a client is made of: what a user's `FROM python` and
 * `pip install` would give. An OCI layout, `NAME-image` in the cache of clients.
 */
const clientImage = (name: string): Step => {
  const list = requirementsOf(name)
  const python = (): string => readlinkSync(join(imagesDir, 'python'))
  const built = (): string =>
    `${name}-image-${recipeHash([list, 'scripts/setup/client-image.ts', 'scripts/setup/oci-layout.ts'], [python()])}`
  const link = join(clientsDir, imageOf(name))
  return {
    name: `container image with ${name}`,
    isDone: () => existsSync(link) && readlinkSync(link) === built() && existsSync(join(clientsDir, built())),
    run: async (progress) => {
      await buildInPlace(join(clientsDir, built()), async (passing) => {
        const root = join(passing, 'root')
        progress('downloading')
        await installForDebian(join(checkout, list), join(root, PACKAGES), join(passing, 'wheels'))
        putOnPath(join(root, PACKAGES, 'bin'), join(root, 'usr/local/bin'))
        symlinkSync('/usr/bin/python3', join(root, 'usr/local/bin/python'))
        const below = layersOf(join(imagesDir, python())).map((file, at) => {
          linkSync(file, join(passing, `${at}.tar`))
          return join(passing, `${at}.tar`)
        })
        progress('compiling')
        await compileInside(below, join(root, PACKAGES), join(passing, 'inside'))
        progress('writing the OCI layout')
        const layer = join(passing, 'layer.tar')
        const reproducibly = [
          '--sort=name',
          '--owner=0',
          '--group=0',
          '--numeric-owner',
          '--mtime=@1735689600',
        ]
        await run('tar', ['-C', root, ...reproducibly, '-cf', layer, 'usr'])
        rmSync(root, { recursive: true })
        await writeOciLayout(passing, [...below, layer], pythonRecipe())
      })
      linkInPlace(link, built())
    },
    fix: 'see what pip said above; `python3 -m pip` must reach its index; then run: npm test',
  }
}

const imageOf = (name: string): string => `${name}-image`

/**
 * The packages of a list as Debian's Python needs them, whatever Python this machine has: wheels of that version from
 * the index, and wheels made here of packages that come as source alone and hold no compiled part.
 */
const installForDebian = async (list: string, target: string, wheels: string): Promise<void> => {
  const pip = (...words: string[]): Promise<string> =>
    run('python3', ['-m', 'pip', '--disable-pip-version-check', ...words, '--no-deps', '-r', list])
  await pip('wheel', '--wheel-dir', wheels)
  for (const name of readdirSync(wheels)) if (!name.endsWith('-none-any.whl')) rmSync(join(wheels, name))
  const version = ['--python-version', DEBIAN_PYTHON, '--implementation', 'cp', '--only-binary=:all:']
  await pip('install', '--no-compile', '--target', target, ...version, '--find-links', wheels)
  rmSync(wheels, { recursive: true })
}

/**
 * Compiles the packages with the Python of the image, as `pip install` in it would: else each job would compile flytekit
 * for itself. Not held against the time of their sources, which the layer gives all files anew.
 */
const compileInside = async (layers: readonly string[], packages: string, inside: string): Promise<void> => {
  mkdirSync(inside)
  for (const layer of layers) await run('tar', ['-C', inside, '-xf', layer])
  renameSync(packages, join(inside, 'packages'))
  const compile = ['-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash']
  await run('chroot', [inside, 'python3', ...compile, '-s', '/packages', '-p', `/${PACKAGES}`, '/packages'])
  renameSync(join(inside, 'packages'), packages)
  rmSync(inside, { recursive: true })
}

/** Its commands, which pip has made for the Python of this machine, for that of the image. */
const putOnPath = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true })
  const files = existsSync(from) ? readdirSync(from, { withFileTypes: true }) : []
  for (const { name } of files.filter((file) => file.isFile())) {
    const text = readFileSync(join(from, name), 'latin1')
    if (!/^#!.*python/.test(text)) continue
    writeFileSync(join(to, name), text.replace(/^#!.*/, '#!/usr/bin/python3'), {
      encoding: 'latin1',
      mode: 0o755,
    })
  }
  rmSync(from, { recursive: true, force: true })
}

/** Clients that also run inside their jobs. */
const names = ['flyte', 'snakemake']

/** Only asked for by the end-to-end tests. */
export const clientImages: readonly Step[] = names.map(clientImage)

/** Their links among the clients. */
export const clientImageLinks: readonly string[] = names.map(imageOf)
