import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The programs an instance fetches at boot, by the name under `/worker/`. */
export type WorkerBundles = ReadonlyMap<string, string>

const ENTRIES = {
  'worker.mjs': '../../../worker/src/main.ts',
  'shim.mjs': '../../../worker/src/shim/main.ts',
  'float.mjs': '../../../float/src/main.ts',
}

/** Bundles the worker, its shim and the job's `float` into one file each (about 0.2 s, once per start of the OpCenter). */
export const buildWorkerBundles = async (): Promise<WorkerBundles> => {
  const files = await Promise.all(
    Object.entries(ENTRIES).map(async ([name, entry]) => [name, await bundle(entry)] as const),
  )
  return new Map(files)
}

const bundle = async (entry: string): Promise<string> => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // `ws` is CommonJS and asks for Node's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    // The last: no job serves an engine.
    external: ['bufferutil', 'utf-8-validate', '@mmcloud/nebula-agent'],
    logLevel: 'silent',
  })
  return result.outputFiles[0]!.text
}
