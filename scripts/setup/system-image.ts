import { chmodSync, copyFileSync, existsSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runInsideRoot } from '../../apps/opencenter/src/check/inside-root.ts'
import { buildDebianRoot, recipeOf } from './debian-root.ts'
import { addJobTools } from './job-tools.ts'
import { currentSystem, systemDir } from './places.ts'
import { buildInPlace, linkInPlace, recipeHash, type Step } from './step.ts'

const key = recipeHash(
  [
    'images/system/recipe.json',
    'scripts/setup/system-image.ts',
    'scripts/setup/debian-root.ts',
    'scripts/setup/job-tools.ts',
  ],
  [process.version, process.arch],
)
const image = join(systemDir, key)

/** Runs CRIU of the image in its own root, with this machine's kernel: what an instance will do. */
const assertCriu = async (root: string): Promise<void> => {
  const said = await runInsideRoot(root, ['criu', '--version'])
  const version = /Version:\s*(\d+)\.(\d+)/.exec(said)
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])]
  if (!(major > 4 || (major === 4 && minor >= 1))) {
    throw new Error(`The system image has a CRIU that is too old or unknown: ${said.trim()}; 4.1 is needed.`)
  }
  await runInsideRoot(root, ['criu', 'check'])
}

/** Root file system that every instance has as its read-only lower layer. */
export const systemImage: Step = {
  name: 'system image of instances (Debian 13, runc, CRIU)',
  isDone: () => existsSync(image) && existsSync(currentSystem) && readlinkSync(currentSystem) === key,
  run: async (progress) => {
    if (!existsSync(image)) {
      await buildInPlace(image, async (passing) => {
        await buildDebianRoot(recipeOf('system'), passing, progress)
        copyFileSync(process.execPath, join(passing, 'usr/local/bin/node'))
        chmodSync(join(passing, 'usr/local/bin/node'), 0o755)
        await addJobTools(passing)
        progress('asking CRIU what it can do')
        await assertCriu(passing)
      })
    }
    linkInPlace(currentSystem, key)
  },
  fix: 'see what it said above; `bin/opencenter check` tells what this machine lacks; then run: npm run setup',
}
