import { exec } from '../system/exec.ts'

let direct: Promise<boolean> | undefined

/**
 * Whether CRIU can write and read memory past the kernel's cache: since 4.3. With 1 GiB on 2 CPUs a dump takes half a
 * second instead of one and a half, and the cache does not crowd out a program that fills its instance. Asked once.
 */
export const criuIsDirect = (): Promise<boolean> =>
  (direct ??= exec('criu', ['--help']).then(
    (help) => help.includes('--image-io-mode'),
    () => false,
  ))

/** The line of CRIU's configuration that asks for it. */
export const DIRECT_IMAGES = 'image-io-mode direct'
