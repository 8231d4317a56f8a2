import { readdirSync } from 'node:fs'
import { run } from './run.ts'

const noPackageLists = (): boolean =>
  !readdirSync('/var/lib/apt/lists').some(
    (file) => file.endsWith('_Packages') || file.endsWith('_Packages.lz4'),
  )

/** Installs Debian packages on this machine and nothing that they only recommend. */
export const aptInstall = async (
  packages: readonly string[],
  progress: (what: string) => void,
): Promise<void> => {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => run('apt-get', ['-q', ...args], { env, onLine: progress })
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages)
  if (noPackageLists()) await apt('update')
  // Lists may be too old to name versions that still exist.
  await install().catch(async () => {
    await apt('update')
    await install()
  })
}
