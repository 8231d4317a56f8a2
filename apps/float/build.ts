import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'

/** What one command needs alone is a file of its own beside the bundle. */
const AGENT = '@mmcloud/nebula-agent'
const AGENT_FILE = './nebula-agent.mjs'

/**
 * Makes the files that `bin/float` runs, at the path given and beside it. Started from its sources float loads over a
 * hundred modules; the bundle starts several times faster. Answers the paths of the modules that every start reads.
 */
export const bundleFloat = async (outfile: string): Promise<readonly string[]> => {
  await bundle('../nebula-agent/src/index.ts', join(dirname(outfile), AGENT_FILE), {
    // Its libraries are CommonJS, and ask for Node's modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  return bundle('src/main.ts', outfile, {
    banner: { js: '#!/usr/bin/env node' },
    // An import of it stays one, by the name of that file.
    alias: { [AGENT]: AGENT_FILE },
    external: [AGENT_FILE],
  })
}

/** Put in place by rename, since many floats may start at once. */
const bundle = async (entry: string, outfile: string, options: BuildOptions): Promise<readonly string[]> => {
  const passing = `${outfile}.${process.pid}`
  mkdirSync(dirname(outfile), { recursive: true })
  const { metafile } = await build({
    ...options,
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    outfile: passing,
    metafile: true,
    logLevel: 'silent',
  })
  renameSync(passing, outfile)
  return Object.keys(metafile.inputs)
}

/** `node apps/float/build.ts OUTFILE` */
const [, script, outfile] = process.argv
if (script === fileURLToPath(import.meta.url) && outfile) await bundleFloat(outfile)
