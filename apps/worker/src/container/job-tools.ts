import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inner, places } from '../system/places.ts'

/**
 * What the container has below `/opt/memverge` beside its init, each with where it lies on the instance: the system's
 * Node with the loader and libraries it was made for, and `float`. The same on every instance of a release: a float that
 * moves with its job finds the files it runs from.
 */
export const JOB_TOOLS = [
  { source: places.toolsLib, destination: inner.toolsLib },
  { source: places.toolsBin, destination: inner.toolsBin },
] as const

/** Puts `float` in place, open to whichever user the image has. */
export const placeJobTools = (): void => {
  if (!existsSync(join(places.toolsLib, 'node'))) {
    throw new Error(`The system of this instance has no ${places.toolsLib}: it is older than its worker`)
  }
  mkdirSync(places.toolsBin, { recursive: true })
  chmodSync(places.toolsBin, 0o755)
  place('float.mjs', 0o644, (path) => copyFileSync(places.floatProgram, path))
  place('float', 0o755, (path) => writeFileSync(path, LAUNCHER))
}

const place = (name: string, mode: number, write: (path: string) => void): void => {
  const path = join(places.toolsBin, name)
  write(path)
  chmodSync(path, mode)
}

/**
 * A static shell begins, so that neither what the job preloads nor the loader of its image touches our Node; variables
 * that are meant for the job's own Node do not either.
 */
const LAUNCHER = `#!${inner.toolsLib}/busybox sh
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_BIND_NOW GLIBC_TUNABLES OPENSSL_CONF
unset NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_V8_COVERAGE NODE_CHANNEL_FD NODE_TLS_REJECT_UNAUTHORIZED
lib=${inner.toolsLib}
exec "$lib/ld.so" --inhibit-cache --library-path "$lib" "$lib/node" --disable-warning=ExperimentalWarning \\
  ${inner.toolsBin}/float.mjs "$@"
`
