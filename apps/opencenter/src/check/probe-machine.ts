import { execFile } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { release } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Answer, MachineFacts } from './facts.ts'
import { runInsideRoot } from './inside-root.ts'

const execFileAsync = promisify(execFile)

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** An ended program's words are an answer too. */
const answer = async (asked: Promise<string>): Promise<Answer> => {
  try {
    return { ok: true, said: await asked }
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    return { ok: false, said: (stdout + stderr).trim() || message }
  }
}

const sh = (script: string, ...args: string[]): Promise<Answer> =>
  answer(
    execFileAsync('unshare', ['--net', '--mount', 'sh', '-c', script, 'sh', ...args], {
      timeout: 60_000,
      killSignal: 'SIGKILL',
    }).then(({ stdout, stderr }) => stdout + stderr),
  )

/** Everything lies in a network namespace without a name, and goes with it. */
const NETWORK = `
set -e
ip link add bridge0 type bridge
ip link add veth0 type veth peer name veth1
ip link set veth0 master bridge0
nft add table ip check
nft 'add chain ip check nat { type nat hook postrouting priority 100; }'
nft add rule ip check nat masquerade
`

/** Mounted in a mount namespace of its own: it goes, and its loop device with it, when the script ends. */
const BTRFS = `
set -e
cd "$1"
truncate -s 128M image
mkdir disk
mkfs.btrfs -q image
mount -o loop image disk
btrfs -q subvolume create disk/one
btrfs -q subvolume snapshot disk/one disk/two
`

const probeBtrfs = async (): Promise<Answer> => {
  const dir = await mkdtemp('/tmp/mmcloud-check-')
  try {
    return await sh(BTRFS, dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** On machines with both, the hierarchy that holds the memory controller is the one that counts. */
const probeCgroup = (): MachineFacts['cgroup'] => {
  const unified = textOf('/sys/fs/cgroup/cgroup.controllers').split(/\s+/).filter(Boolean)
  if (unified.includes('memory')) return { version: 2, controllers: unified }
  const mounted = textOf('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === 'cgroup')
    .flatMap((fields) => (fields[3] ?? '').split(','))
  return mounted.length === 0
    ? { version: undefined, controllers: unified }
    : { version: 1, controllers: mounted }
}

/** Version 2 has the file in every group but the root; the process's own group is as good as any. */
const probeSwapLimit = (): boolean => {
  if (existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes')) return true
  const own = /^0::(.*)$/m.exec(textOf('/proc/self/cgroup'))?.[1] ?? '/'
  return existsSync(join('/sys/fs/cgroup', own, 'memory.swap.max'))
}

const swapBytes = (): number =>
  textOf('/proc/swaps')
    .split('\n')
    .slice(1)
    .reduce((sum, line) => sum + Number(line.split(/\s+/)[2] ?? 0) * 1024, 0)

const nearestExisting = (path: string): string => (existsSync(path) ? path : nearestExisting(dirname(path)))

const probeFirewall = async (): Promise<MachineFacts['firewall']> => {
  const ask = (file: string, args: string[]): Promise<Answer> =>
    answer(
      execFileAsync(file, args, { timeout: 10_000, maxBuffer: 64 * 2 ** 20 }).then(({ stdout }) => stdout),
    )
  const legacy = await ask('iptables-legacy', ['-S'])
  return { nft: await ask('nft', ['-j', 'list', 'ruleset']), legacy: legacy.ok ? legacy.said : '' }
}

const HOST_PROGRAMS = [
  'ip',
  'nft',
  'mkfs.btrfs',
  'btrfs',
  'mke2fs',
  'losetup',
  'nsenter',
  'unshare',
  'sysctl',
]
const onPath = (program: string): boolean =>
  ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((dir) => existsSync(join(dir, program)))

/** Features are CRIU's own names; a full checkpoint needs none of them. */
const FEATURES = ['mem_dirty_track', 'uffd', 'uffd-noncoop', 'pidfd_store', 'network_lock_nftables']

const probeSystem = async (image: string | undefined) => {
  const ask = (...command: [string, ...string[]]): Promise<Answer> =>
    image === undefined
      ? Promise.resolve({ ok: false, said: 'there is no system image yet' })
      : answer(runInsideRoot(image, command))
  const criuFeatures: Record<string, boolean> = {}
  for (const name of FEATURES) criuFeatures[name] = (await ask('criu', 'check', '--feature', name)).ok
  return {
    criuVersion: await ask('criu', '--version'),
    criuCheck: await ask('criu', 'check'),
    criuFeatures,
    runcVersion: await ask('runc', '--version'),
  }
}

/** Looks at this machine. Makes things only for a moment and leaves nothing behind. */
export const probeMachine = async (cacheDir: string): Promise<MachineFacts> => {
  const link = join(cacheDir, 'system', 'current')
  const systemImage = existsSync(link) ? realpathSync(link) : undefined
  const disk = await statfs(nearestExisting(cacheDir))
  return {
    root: process.getuid?.() === 0,
    capabilities: BigInt(`0x${/^CapEff:\s*(\S+)/m.exec(textOf('/proc/self/status'))?.[1] ?? '0'}`),
    kernel: release(),
    systemImage,
    missingPrograms: HOST_PROGRAMS.filter((program) => !onPath(program)),
    ...(await probeSystem(systemImage)),
    cgroup: probeCgroup(),
    swapLimit: probeSwapLimit(),
    swapBytes: swapBytes(),
    network: await sh(NETWORK),
    firewall: await probeFirewall(),
    loop: await answer(execFileAsync('losetup', ['--find']).then(({ stdout }) => stdout)),
    btrfs: await probeBtrfs(),
    cacheDir,
    freeBytes: disk.bavail * disk.bsize,
    pipeMaxBytes: Number(textOf('/proc/sys/fs/pipe-max-size')),
  }
}
