import { exec } from '../system/exec.ts'

let direct: Promise<boolean> | undefined

/** Whether CRIU can read memory images past the kernel's cache: since 4.3. Asked once. */
export const criuReadsDirectly = (): Promise<boolean> =>
  (direct ??= exec('criu', ['--help']).then(
    (help) => help.includes('--image-io-mode'),
    () => false,
  ))
