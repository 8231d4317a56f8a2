import { access, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { HealthRow } from '@mmcloud/domain'
import type { CloudContext } from './cloud-context.ts'
import { inHost } from './network.ts'

/** Sparse files promise more than the disk has; below this much room the promise is close to being broken. */
const LOW_DISK_GB = 5

/** What the local cloud needs of this machine. */
export const cloudHealth = async (cloud: CloudContext): Promise<HealthRow[]> => [
  cloud.swap.row,
  {
    name: 'cgroups',
    status: 'ok',
    found: `version ${cloud.cgroups.version}`,
    fix: '',
  },
  await networkRow(cloud),
  await diskRow(cloud),
  await imageRow(cloud),
]

const networkRow = async ({ network, name }: CloudContext): Promise<HealthRow> => {
  const forward = (await inHost('sysctl', ['-n', 'net.ipv4.ip_forward'])).trim()
  const found = `namespace ${name}, host side ${network.hostAddress}`
  if (forward === '1') return { name: 'cloud network', status: 'ok', found, fix: '' }
  return {
    name: 'cloud network',
    status: 'warning',
    found: `${found}; forwarding was switched off, instances reach this machine only`,
    fix: 'sysctl -w net.ipv4.ip_forward=1',
  }
}

const diskRow = async ({ cloudDir }: CloudContext): Promise<HealthRow> => {
  const { bavail, bsize } = await statfs(cloudDir)
  const freeGB = (bavail * bsize) / 2 ** 30
  const found = `${freeGB.toFixed(1)} GB free for disks and volumes`
  if (freeGB >= LOW_DISK_GB) return { name: 'cloud disk', status: 'ok', found, fix: '' }
  return { name: 'cloud disk', status: 'warning', found, fix: `make room below ${cloudDir}` }
}

const imageRow = async ({ config }: CloudContext): Promise<HealthRow> => {
  for (const file of ['usr/bin/tini', 'usr/sbin/runc', 'usr/sbin/criu']) {
    const there = await access(join(config.systemImage, file)).then(
      () => true,
      () => false,
    )
    if (!there) {
      const found = `${config.systemImage} has no /${file}`
      return {
        name: 'system image',
        status: 'failed',
        found,
        fix: 'build the system image again: npm run setup',
      }
    }
  }
  return { name: 'system image', status: 'ok', found: config.systemImage, fix: '' }
}
