import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Bundles `float` into one file, which starts in under half the time its sources need: what `bin/float` caches and the
 * OpCenter hands out. Answers the paths of the modules in it.
 */
export const bundleFloat = async (outfile: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, 'src', 'main.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: '#!/usr/bin/env node' },
    outfile,
    metafile: true,
    logLevel: 'silent',
  })
  return Object.keys(metafile.inputs)
}

/** `node apps/float/build.ts OUTFILE` */
const [, script, outfile] = process.argv
if (script === fileURLToPath(import.meta.url) && outfile) await bundleFloat(outfile)
