import { describe, expect, it } from 'vitest'
import type { MachineFacts } from './facts.ts'
import { rowsFrom } from './rows.ts'

const yes = (said: string) => ({ ok: true, said })
const no = (said: string) => ({ ok: false, said })

const healthy: MachineFacts = {
  root: true,
  capabilities: (1n << 41n) - 1n,
  kernel: '6.12.43+deb13-cloud-amd64',
  systemImage: '/var/cache/mmcloud/system/0123456789ab',
  missingPrograms: [],
  criuVersion: yes('Version: 4.1.1\n'),
  criuCheck: yes('Looks good.\n'),
  criuFeatures: { mem_dirty_track: true, uffd: true, 'uffd-noncoop': true },
  runcVersion: yes('runc version 1.1.15+ds1\n'),
  cgroup: { version: 2, controllers: ['cpu', 'memory', 'pids'] },
  swapLimit: true,
  swapBytes: 0,
  network: yes(''),
  firewall: { nft: yes('{"nftables": []}'), legacy: '' },
  loop: yes('/dev/loop0\n'),
  btrfs: yes(''),
  cacheDir: '/var/cache/mmcloud',
  freeBytes: 50 * 1024 ** 3,
  pipeMaxBytes: 1024 ** 2,
}

const statusOf = (name: string, changed: Partial<MachineFacts>) =>
  rowsFrom({ ...healthy, ...changed }).find((row) => row.name === name)?.status

describe('rows of the machine check', () => {
  it('finds nothing to mend on a healthy machine', () => {
    expect(rowsFrom(healthy).filter((row) => row.status !== 'ok' || row.fix !== '')).toEqual([])
  })

  it.each<[row: string, status: string, changed: Partial<MachineFacts>]>([
    ['root', 'failed', { root: false }],
    ['root', 'failed', { capabilities: 0n }],
    ['kernel', 'failed', { kernel: '5.10.0-30-amd64' }],
    ['kernel', 'ok', { kernel: '5.11.0' }],
    ['set-up', 'failed', { systemImage: undefined }],
    ['set-up', 'failed', { missingPrograms: ['nft'] }],
    ['criu', 'failed', { criuVersion: yes('Version: 3.17.1\n') }],
    ['criu', 'failed', { criuVersion: yes('Version: 4.0\n') }],
    ['criu', 'ok', { criuVersion: yes('Version: 5.0\n') }],
    ['criu', 'failed', { criuCheck: no('Error: no vDSO') }],
    ['criu features', 'warning', { criuFeatures: { mem_dirty_track: false, 'uffd-noncoop': true } }],
    ['criu features', 'failed', { criuVersion: no('there is no system image yet') }],
    ['runc', 'failed', { runcVersion: no('not found') }],
    ['cgroup', 'failed', { cgroup: { version: undefined, controllers: [] } }],
    ['cgroup', 'failed', { cgroup: { version: 1, controllers: ['cpu', 'memory'] } }],
    ['cgroup', 'ok', { cgroup: { version: 1, controllers: ['cpu', 'memory', 'freezer'] } }],
    ['swap', 'warning', { swapLimit: false }],
    ['network', 'failed', { network: no('Operation not supported') }],
    ['firewall', 'warning', { firewall: { nft: no('spawn nft ENOENT'), legacy: '' } }],
    ['loop devices', 'failed', { loop: no('cannot find an unused loop device') }],
    ['btrfs', 'failed', { btrfs: no('unknown filesystem type') }],
    ['disk', 'failed', { freeBytes: 1024 ** 3 }],
    ['disk', 'warning', { freeBytes: 10 * 1024 ** 3 }],
    ['pipes', 'warning', { pipeMaxBytes: 65_536 }],
  ])('judges %s as %s given %o', (row, status, changed) => {
    expect(statusOf(row, changed)).toBe(status)
  })

  it('asks for set-up where a program is missing, not for a module', () => {
    const enoent = no('spawn unshare ENOENT')
    const rows = rowsFrom({ ...healthy, network: enoent, btrfs: enoent, loop: enoent })
    const fixes = rows.filter((row) => row.status === 'failed').map((row) => row.fix)
    expect(fixes).toHaveLength(3)
    for (const fix of fixes) expect(fix).toContain('npm run setup')
  })

  it('says what mends every row that is not ok', () => {
    const broken = rowsFrom({
      ...healthy,
      root: false,
      kernel: '4.19.0',
      systemImage: undefined,
      criuVersion: no('there is no system image yet'),
      swapLimit: false,
      pipeMaxBytes: 4096,
      freeBytes: 0,
    })
    expect(broken.filter((row) => row.status !== 'ok' && row.fix === '')).toEqual([])
  })
})
