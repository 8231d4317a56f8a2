import { resolve } from 'node:path'
import type { HealthRow } from '@mmcloud/domain'
import { type Answer, type MachineFacts, NEEDED_CAPABILITIES } from './facts.ts'
import { firewallRow } from './firewall.ts'

const CHECKOUT = resolve(import.meta.dirname, '../../../..')
const SET_UP = `(cd ${CHECKOUT} && npm run setup)`
const DEBIAN_KERNEL = 'apt-get install linux-image-amd64, then reboot'
const GiB = 1024 ** 3
const ok = (name: string, found: string): HealthRow => ({ name, status: 'ok', found, fix: '' })
const warning = (name: string, found: string, fix: string): HealthRow => ({
  name,
  status: 'warning',
  found,
  fix,
})
const failed = (name: string, found: string, fix: string): HealthRow => ({
  name,
  status: 'failed',
  found,
  fix,
})
const lastLine = (said: string): string => said.trim().split('\n').at(-1) ?? ''

const bootWith = (parameter: string): string =>
  `add ${parameter} to GRUB_CMDLINE_LINUX in /etc/default/grub; update-grub; reboot`
/** A module helps only where the programs are there. */
const programOr = ({ said }: Answer, fix: string): string => (/ENOENT|not found/.test(said) ? SET_UP : fix)

type Judge = (facts: MachineFacts) => HealthRow

const root: Judge = ({ root, capabilities }) => {
  if (!root) return failed('root', 'not root', 'sudo bin/opencenter check')
  const absent = Object.entries(NEEDED_CAPABILITIES)
    .filter(([, bit]) => ((capabilities >> bit) & 1n) === 0n)
    .map(([name]) => name)
  return absent.length === 0
    ? ok('root', 'root with the capabilities needed')
    : failed(
        'root',
        `root without ${absent.join(', ')}`,
        'run on the machine itself or in a privileged container',
      )
}

const kernel: Judge = ({ kernel }) => {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number)
  // 5.11: CAP_CHECKPOINT_RESTORE, close_range and overlay limits that CRIU 4 counts on are all there.
  const recent = major > 5 || (major === 5 && minor >= 11)
  return recent ? ok('kernel', kernel) : failed('kernel', `${kernel}; 5.11 is needed`, DEBIAN_KERNEL)
}

const setUp: Judge = ({ systemImage, missingPrograms }) => {
  if (systemImage === undefined) return failed('set-up', 'no system image of instances', SET_UP)
  return missingPrograms.length === 0
    ? ok('set-up', systemImage)
    : failed('set-up', `missing: ${missingPrograms.join(', ')}`, SET_UP)
}

const criu: Judge = ({ criuVersion, criuCheck }) => {
  const [, version = '', major = '', minor = ''] = /Version:\s*((\d+)\.(\d+)\S*)/.exec(criuVersion.said) ?? []
  if (!criuVersion.ok || version === '') return failed('criu', lastLine(criuVersion.said), SET_UP)
  const recent = Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 1)
  if (!recent) return failed('criu', `${version}; 4.1 is needed`, SET_UP)
  return criuCheck.ok
    ? ok('criu', `${version}: ${lastLine(criuCheck.said)}`)
    : failed(
        'criu',
        `${version} cannot work here: ${lastLine(criuCheck.said)}`,
        `a kernel with CONFIG_CHECKPOINT_RESTORE: ${DEBIAN_KERNEL}`,
      )
}

/** What is missing without each ability; none of them is needed for a full checkpoint. */
const OPTIONAL_FEATURES: Readonly<Record<string, { without: string; fix: string }>> = {
  mem_dirty_track: {
    without: 'incremental checkpoints',
    fix: `a kernel with CONFIG_MEM_SOFT_DIRTY: ${DEBIAN_KERNEL}`,
  },
  'uffd-noncoop': { without: 'post-copy moves', fix: `a kernel with CONFIG_USERFAULTFD: ${DEBIAN_KERNEL}` },
}

const criuFeatures: Judge = ({ criuFeatures, criuVersion }) => {
  if (!criuVersion.ok) return failed('criu features', 'CRIU did not start', SET_UP)
  const has = Object.keys(criuFeatures).filter((name) => criuFeatures[name])
  const lacks = Object.keys(OPTIONAL_FEATURES).filter((name) => criuFeatures[name] !== true)
  const words = has.length === 0 ? 'none of the optional ones' : has.join(', ')
  if (lacks.length === 0) return ok('criu features', words)
  const without = lacks.map((name) => OPTIONAL_FEATURES[name]?.without).join(', ')
  return warning(
    'criu features',
    `${words}; without ${without}`,
    lacks.map((name) => OPTIONAL_FEATURES[name]?.fix).join('; '),
  )
}

const runc: Judge = ({ runcVersion }) => {
  const version = /runc version (\S+)/.exec(runcVersion.said)?.[1]
  return runcVersion.ok && version !== undefined
    ? ok('runc', version)
    : failed('runc', lastLine(runcVersion.said), SET_UP)
}

const cgroup: Judge = ({ cgroup: { version, controllers } }) => {
  if (version === undefined) return failed('cgroup', 'none mounted', 'mount -t cgroup2 none /sys/fs/cgroup')
  const absent = ['cpu', 'memory', 'freezer'].filter(
    // Version 2 freezes without a controller.
    (name) => !controllers.includes(name) && !(version === 2 && name === 'freezer'),
  )
  return absent.length === 0
    ? ok('cgroup', `version ${version}`)
    : failed('cgroup', `version ${version} without ${absent.join(', ')}`, bootWith('cgroup_enable=memory'))
}

const swap: Judge = ({ swapLimit, swapBytes }) => {
  const there = `${(swapBytes / GiB).toFixed(1)} GB on, more is made when needed`
  return swapLimit
    ? ok('swap', there)
    : warning(
        'swap',
        'cannot be limited per instance: a job that outgrows its memory ends',
        bootWith('swapaccount=1'),
      )
}

const network: Judge = ({ network }) =>
  network.ok
    ? ok('network', 'namespace, bridge, veth, nftables masquerading')
    : failed(
        'network',
        lastLine(network.said),
        programOr(network, 'modprobe -a bridge veth nf_tables nft_masq nft_chain_nat'),
      )

const loop: Judge = ({ loop }) =>
  loop.ok
    ? ok('loop devices', `next free: ${lastLine(loop.said)}`)
    : failed('loop devices', lastLine(loop.said), programOr(loop, 'modprobe loop'))

const btrfs: Judge = ({ btrfs }) =>
  btrfs.ok
    ? ok('btrfs', 'mounts on a loop image, snapshots work')
    : failed('btrfs', lastLine(btrfs.said), programOr(btrfs, 'modprobe btrfs'))

const disk: Judge = ({ freeBytes, cacheDir }) => {
  const found = `${(freeBytes / GiB).toFixed(1)} GB free at ${cacheDir}`
  const fix = 'free some space, or: export MMCLOUD_CACHE=/a/directory/on/a/larger/disk'
  if (freeBytes < 3 * GiB) return failed('disk', found, fix)
  // Memory of a job goes to disk when it is saved: a handful of middling jobs.
  return freeBytes < 15 * GiB ? warning('disk', found, fix) : ok('disk', found)
}

const pipes: Judge = ({ pipeMaxBytes }) => {
  const found = `up to ${pipeMaxBytes / 1024} KiB each`
  return pipeMaxBytes >= 1024 ** 2
    ? ok('pipes', found)
    : warning('pipes', found, 'sysctl -w fs.pipe-max-size=1048576')
}

/** Order of the table: what the later rows rest on comes first. */
const JUDGES: readonly Judge[] = [
  root,
  kernel,
  setUp,
  criu,
  criuFeatures,
  runc,
  cgroup,
  swap,
  network,
  (facts) => firewallRow(facts, SET_UP),
  loop,
  btrfs,
  disk,
  pipes,
]

/** One row per thing looked at; pure. */
export const rowsFrom = (facts: MachineFacts): readonly HealthRow[] => JUDGES.map((judge) => judge(facts))
