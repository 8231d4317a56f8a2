import { existsSync, mkdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { demoDataPlace } from './demo-data.ts'
import { buildDebianRoot, type DebianRecipe, recipeOf } from './debian-root.ts'
import { writeOciLayout } from './oci-layout.ts'
import { imagesDir } from './places.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from './step.ts'

type ImageRecipe = DebianRecipe & { readonly command: readonly string[]; readonly env: readonly string[] }

const key = recipeHash(
  [
    'images/python/recipe.json',
    'scripts/setup/python-image.ts',
    'scripts/setup/oci-layout.ts',
    'scripts/setup/debian-root.ts',
    'scripts/setup/demo-data.ts',
  ],
  [process.arch],
)
const layout = join(imagesDir, `python-${key}`)
const link = join(imagesDir, 'python')

const DATASETS = '/usr/local/share/datasets'
/** What would differ from machine to machine: the mirror's address, and byte code stamped with the time of the build. */
const DIFFERS =
  'rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/usr/share/python3/debpython/__pycache__'

/** The version of Python in Debian 13. */
export const DEBIAN_PYTHON = '3.13'

export const pythonRecipe = (): ImageRecipe => recipeOf<ImageRecipe>('python')

/** `python` of the app library: an OCI layout, tag `latest`. */
export const pythonImage: Step = {
  name: 'container image python (Debian 13, numpy, pandas)',
  isDone: () => existsSync(layout) && existsSync(link) && readlinkSync(link) === `python-${key}`,
  run: async (progress) => {
    const recipe = pythonRecipe()
    if (!existsSync(layout)) {
      await buildInPlace(layout, async (passing) => {
        mkdirSync(passing, { recursive: true })
        const layer = join(passing, 'layer.tar')
        await buildDebianRoot(recipe, layer, progress, [
          '--skip=output/dev',
          `--customize-hook=${DIFFERS}`,
          // The demo's data set comes with the image, as it would with a real one: jobs read it in place.
          `--customize-hook=mkdir -p "$1"${DATASETS}`,
          `--customize-hook=copy-in ${demoDataPlace} ${DATASETS}`,
        ])
        progress('writing the OCI layout')
        await writeOciLayout(passing, [layer], recipe)
      })
    }
    linkInPlace(link, `python-${key}`)
  },
  fix: 'see what it said above; then run: npm run setup',
}
