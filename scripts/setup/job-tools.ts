import { copyFileSync, linkSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runInsideRoot } from '../../apps/opencenter/src/check/inside-root.ts'

/** Mounted read-only into every container; its `bin` is the worker's. */
const LIB = 'opt/memverge/lib'
const NODE = 'usr/local/bin/node'

/**
 * What `/opt/memverge/bin/float` needs to run in any image, one with another libc or with nothing in it included: a
 * static shell that starts it, the Node of the system, and the loader and libraries which that was made for.
 */
export const addJobTools = async (root: string): Promise<void> => {
  mkdirSync(join(root, LIB), { recursive: true })
  const { loader, libraries } = readLdd(await runInsideRoot(root, ['ldd', `/${NODE}`]))
  linkSync(join(root, NODE), join(root, LIB, 'node'))
  copyFileSync(join(root, 'usr/bin/busybox'), join(root, LIB, 'busybox'))
  copyFileSync(join(root, loader), join(root, LIB, 'ld.so'))
  for (const library of libraries) copyFileSync(join(root, library), join(root, LIB, basename(library)))
}

/** `libm.so.6 => /lib/…/libm.so.6 (0x…)` is a library, `/lib64/ld-linux-x86-64.so.2 (0x…)` the loader. */
export const readLdd = (said: string): { readonly loader: string; readonly libraries: readonly string[] } => {
  if (/not found/.test(said)) throw new Error(`Node lacks libraries in the system image:\n${said}`)
  const libraries = [...said.matchAll(/=> (\/\S+) \(0x/g)].flatMap(([, path]) => path ?? [])
  const loader = /^\s*(\/\S+) \(0x/m.exec(said)?.[1]
  if (loader === undefined || libraries.length === 0) {
    throw new Error(`The libraries of Node could not be told from what ldd said:\n${said}`)
  }
  return { loader, libraries }
}
