import { existsSync } from 'node:fs'
import { aptInstall } from './apt-install.ts'
import type { Step } from './step.ts'

/** Debian 12 and 13 keep runc in different places. */
const isThere = (program: string): boolean =>
  ['/usr/bin', '/usr/sbin'].some((folder) => existsSync(`${folder}/${program}`))

/** Only asked for by `npm run bench`: what the product is measured beside. CRIU comes from the system image. */
export const benchPeer: Step = {
  name: 'podman, to measure beside',
  isDone: () => isThere('podman') && isThere('runc'),
  run: (progress) => aptInstall(['podman', 'runc'], progress),
  fix: 'see what apt said; then run: apt-get update && apt-get install podman runc && npm run bench',
}
