import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDebianRoot, recipeOf } from '../setup/debian-root.ts'
import { run } from '../setup/run.ts'
import { buildInPlace, recipeHash, type Step } from '../setup/step.ts'
import { vmDir } from './places.ts'

const FILES = ['scripts/vm/base-image.ts', 'scripts/setup/debian-root.ts']
const qemuRoot = join(vmDir, `qemu-${recipeHash(['images/qemu/recipe.json', ...FILES])}`)
const base = join(vmDir, `base-${recipeHash(['images/vm/recipe.json', ...FILES])}`)

/**
 * The emulator, in a Debian 13 root of its own: the QEMU 7.2 of Debian 12 makes the guest panic in `cmpxchg16b`.
 */
export const emulator: Step & { readonly root: string } = {
  name: 'emulator (QEMU 10)',
  root: qemuRoot,
  isDone: () => existsSync(qemuRoot),
  run: (progress) =>
    buildInPlace(qemuRoot, (passing) => buildDebianRoot(recipeOf('qemu'), passing, progress)),
  fix: 'see what it said above; then run: npm run test:vm',
}

/** Mounts the second disk and runs what lies there once the machine is up, then powers off. */
const SCENARIO_UNIT = `[Unit]
Description=Memory Machine Cloud scenario
After=multi-user.target
RequiresMountsFor=/opt/mmcloud

[Service]
Type=oneshot
ExecStart=/bin/sh /opt/mmcloud/checkout/scripts/vm/inside.sh
StandardOutput=file:/dev/ttyS0
StandardError=inherit
ExecStopPost=/usr/bin/systemctl --force --force poweroff
`

/** Units that cost minutes under emulation and do nothing for a machine that lives for one scenario. */
const MASKED = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty.target',
  'nfs-blkmap.service',
  'nfs-server.service',
  'rpcbind.service',
  'rpcbind.socket',
  'systemd-networkd.service',
  'systemd-timesyncd.service',
]

const configure = (root: string): void => {
  writeFileSync(
    join(root, 'etc/fstab'),
    '/dev/vda / ext4 defaults 0 0\n/dev/vdb /opt/mmcloud ext4 defaults,x-systemd.device-timeout=180s 0 0\n',
  )
  writeFileSync(join(root, 'etc/hostname'), 'mmcloud-vm\n')
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost mmcloud-vm\n')
  mkdirSync(join(root, 'opt/mmcloud'))
  const units = join(root, 'etc/systemd/system')
  writeFileSync(join(units, 'mmcloud-scenario.service'), SCENARIO_UNIT)
  mkdirSync(join(units, 'multi-user.target.wants'), { recursive: true })
  symlinkSync('../mmcloud-scenario.service', join(units, 'multi-user.target.wants/mmcloud-scenario.service'))
  for (const unit of MASKED) {
    rmSync(join(units, unit), { force: true })
    symlinkSync('/dev/null', join(units, unit))
  }
}

/** A stock Debian 13 with its own kernel: cgroup v2, soft-dirty, all capabilities. Disk, kernel and initrd. */
export const baseImage: Step & { readonly dir: string } = {
  name: 'disk of the emulated machine (Debian 13)',
  dir: base,
  isDone: () => existsSync(base),
  run: (progress) =>
    buildInPlace(base, async (passing) => {
      mkdirSync(passing, { recursive: true })
      const root = join(passing, 'root')
      await buildDebianRoot(recipeOf('vm'), root, progress)
      configure(root)
      const boot = (prefix: string): string => {
        const name = readdirSync(join(root, 'boot')).find((file) => file.startsWith(prefix))
        if (name === undefined) throw new Error(`The Debian root has no ${prefix} in /boot.`)
        return join(root, 'boot', name)
      }
      copyFileSync(boot('vmlinuz-'), join(passing, 'vmlinuz'))
      copyFileSync(boot('initrd.img-'), join(passing, 'initrd'))
      progress('writing the disk')
      await run('mke2fs', ['-q', '-t', 'ext4', '-d', root, join(passing, 'disk.img'), '4G'])
      rmSync(root, { recursive: true, force: true })
    }),
  fix: 'see what it said above; then run: npm run test:vm',
}
