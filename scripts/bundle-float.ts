import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { checkout } from './setup/places.ts'

/**
 * Makes the one file that `bin/float` runs, at the path given. Started from its sources float loads over a hundred
 * modules; the bundle starts several times faster. Put in place by rename, since many floats may start at once.
 */
const bundleFloat = async (target: string): Promise<void> => {
  const passing = `${target}.${process.pid}`
  mkdirSync(dirname(target), { recursive: true })
  await build({
    entryPoints: [join(checkout, 'apps/float/src/main.ts')],
    outfile: passing,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Some libraries are CommonJS and ask for Node's modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  renameSync(passing, target)
}

const target = process.argv[2]
if (target === undefined) throw new Error('Which file? node scripts/bundle-float.ts FILE')
await bundleFloat(target)
