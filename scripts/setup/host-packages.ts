import { existsSync } from 'node:fs'
import { aptInstall } from './apt-install.ts'
import { demoData } from './demo-data.ts'
import { hasPip, PIP_PACKAGES } from './pip.ts'
import type { Step } from './step.ts'

/** What this machine itself needs; everything else lives in the images. Program or file that shows it is there → package. */
const NEEDED: readonly (readonly [proof: string, packageName: string])[] = [
  ['/usr/bin/mmdebstrap', 'mmdebstrap'],
  // Debian 12 as first released does not know Debian 13's keys: the current version of this package does.
  ['/usr/share/keyrings/debian-archive-trixie-stable.gpg', 'debian-archive-keyring'],
  ['/usr/sbin/ip', 'iproute2'],
  ['/usr/sbin/nft', 'nftables'],
  ['/usr/sbin/mkfs.btrfs', 'btrfs-progs'],
  ['/usr/sbin/mke2fs', 'e2fsprogs'],
  ['/usr/sbin/losetup', 'mount'],
  ['/usr/bin/nsenter', 'util-linux'],
  // The OpCenter asks registries with it, at submit.
  ['/usr/bin/skopeo', 'skopeo'],
  // The end-to-end tests download float with it, as people do.
  ['/usr/bin/curl', 'curl'],
  ['/usr/sbin/modprobe', 'kmod'],
  ['/usr/sbin/sysctl', 'procps'],
  ['/etc/ssl/certs/ca-certificates.crt', 'ca-certificates'],
]

/** pip fetches the demo's data, and is needed no more once that is there. */
const needsPip = (): boolean => !demoData.isDone() && !hasPip()

const missing = (): string[] => {
  const packages = NEEDED.filter(([proof]) => !existsSync(proof)).map(([, name]) => name)
  return needsPip() ? [...packages, ...PIP_PACKAGES] : packages
}

/** Debian packages of the host, only those that are missing. */
export const hostPackages: Step = {
  name: 'Debian packages of this machine',
  isDone: () => missing().length === 0,
  run: (progress) => aptInstall(missing(), progress),
  fix: 'see what apt said; then run: apt-get update && npm run setup',
}
