import { statfs } from 'node:fs/promises'
import { release } from 'node:os'
import type { HealthRow } from '@mmcloud/domain'
import { cgroupVersion, instanceMemory } from '../container/cgroup.ts'
import { exec, succeeds } from '../system/exec.ts'
import { pipeRow } from './pipe-limit.ts'

const LOW_DISK_BYTES = 1024 ** 3
const CRIU_FEATURES = ['mem_dirty_track', 'uffd-noncoop', 'tcp_half_closed', 'nftables'] as const

/** What this instance can do, asked and not assumed. */
export const healthRows = async (): Promise<HealthRow[]> => [
  ok('kernel', release()),
  await criu(),
  await runcRow(),
  ok('cgroup', `version ${cgroupVersion()}`),
  swap(),
  await network(),
  await disk(),
  pipeRow(),
]

const ok = (name: string, found: string): HealthRow => ({ name, status: 'ok', found, fix: '' })

const criu = async (): Promise<HealthRow> => {
  const version = /Version: (\S+)/.exec(await exec('criu', ['--version']).catch(() => ''))?.[1]
  if (!version)
    return { name: 'criu', status: 'failed', found: 'not there', fix: 'install CRIU 4.1 or newer' }
  const works = await succeeds('criu', ['check'])
  const features = await Promise.all(
    CRIU_FEATURES.map(async (feature) =>
      (await succeeds('criu', ['check', '--feature', feature])) ? [feature] : [],
    ),
  )
  const found = `${version}; ${features.flat().join(', ') || 'no optional feature'}`
  if (works) return ok('criu', found)
  return { name: 'criu', status: 'failed', found: `${found}; criu check fails`, fix: 'criu check' }
}

const runcRow = async (): Promise<HealthRow> => {
  const version = /runc version (\S+)/.exec(await exec('runc', ['--version']).catch(() => ''))?.[1]
  return version
    ? ok('runc', version)
    : { name: 'runc', status: 'failed', found: 'not there', fix: 'apt-get install runc' }
}

const swap = (): HealthRow => {
  const bytes = instanceMemory().swap
  const found = `${Math.round(bytes / 1024 ** 2)} MiB`
  return bytes > 0
    ? ok('swap', found)
    : {
        name: 'swap',
        status: 'warning',
        found: 'none',
        fix: 'swapon a file: a job that outgrows its memory dies without',
      }
}

const network = async (): Promise<HealthRow> =>
  (await succeeds('nft', ['list', 'tables']))
    ? ok('network', 'nftables')
    : { name: 'network', status: 'failed', found: 'nft does not work', fix: 'apt-get install nftables' }

const disk = async (): Promise<HealthRow> => {
  const { bavail, bsize } = await statfs('/')
  const found = `${Math.round((bavail * bsize) / 1024 ** 2)} MiB free`
  return bavail * bsize > LOW_DISK_BYTES
    ? ok('disk', found)
    : { name: 'disk', status: 'warning', found, fix: 'give the instance a larger disk' }
}
