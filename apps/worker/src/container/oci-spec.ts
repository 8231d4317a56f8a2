import { readFileSync } from 'node:fs'
import { type ContainerSpec, FLOAT_ADDRESS } from '@mmcloud/contract'
import type { ImageConfig } from '../image/image-config.ts'
import { NETNS_PATH } from '../network/inner-network.ts'
import { inner, jobPlaces, places } from '../system/places.ts'
import { JOB_CGROUP, type MemoryLimits } from './cgroup.ts'
import { resolveUser } from './image-user.ts'
import { JOB_TOOLS } from './job-tools.ts'

/** What a container engine gives by default: enough for package managers and servers, nothing that reaches the instance. */
const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
]
const PIDS_LIMIT = 32_768
const ENOSYS = 38
const EPERM = 1
const SHM_BYTES = 1024 ** 3
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const SCRIPT = `${inner.jobPath}/script`
/** Static, so that it runs in any image; of the instance's system. */
const INIT_OF_SYSTEM = '/usr/bin/tini-static'
const INIT = '/opt/memverge/init'

export type DataMount = {
  readonly source: string
  readonly mountPoint: string
  /** `rw` unless said. */
  readonly mode?: 'r' | 'rw'
}

export type SpecInput = {
  readonly jobId: string
  readonly spec: ContainerSpec
  readonly image: ImageConfig
  readonly limits: MemoryLimits
  readonly dataMounts: readonly DataMount[]
  readonly address: string
}

/** The OCI runtime configuration of a job: the same for a start and a restore but for the limits. */
export const ociSpec = (input: SpecInput): object => {
  const { spec, image, limits } = input
  const capabilities = Object.fromEntries(
    ['bounding', 'effective', 'permitted'].map((set) => [set, CAPABILITIES]),
  )
  const openFiles = openFilesLimit()
  return {
    ociVersion: '1.0.2',
    hostname: 'job',
    root: { path: 'rootfs', readonly: false },
    annotations: { 'org.criu.config': places.criuConfig },
    process: {
      terminal: false,
      user: resolveUser(spec.asRoot ? '' : (image.User ?? ''), places.rootfs),
      // A program that is PID 1 itself ignores SIGTERM unless it handles it, and reaps nobody: a small init stands there.
      args: [INIT, '-g', '--', ...commandLine(spec, image)],
      env: environment(input),
      cwd: spec.workdir ?? (image.WorkingDir || '/'),
      capabilities,
      noNewPrivileges: false,
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: openFiles, soft: Math.min(openFiles, 4096) }],
    },
    mounts: mounts(input.dataMounts, spec),
    linux: {
      cgroupsPath: JOB_CGROUP,
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        { type: 'network', path: NETNS_PATH },
      ],
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        memory: {
          limit: limits.memory,
          ...(limits.memoryAndSwap === undefined ? {} : { swap: limits.memoryAndSwap }),
        },
        pids: { limit: PIDS_LIMIT },
      },
      seccomp: SECCOMP,
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  }
}

/** io_uring cannot be checkpointed: programs are told that the kernel has none, and use what they used before it. */
const SECCOMP = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'].slice(
    ...(process.arch === 'arm64' ? [2, 4] : [0, 2]),
  ),
  syscalls: [
    {
      names: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: ENOSYS,
    },
    {
      names: [
        'add_key',
        'bpf',
        'delete_module',
        'finit_module',
        'fsconfig',
        'fsmount',
        'fsopen',
        'fspick',
        'init_module',
        'kexec_file_load',
        'kexec_load',
        'keyctl',
        'mount',
        'mount_setattr',
        'move_mount',
        'open_by_handle_at',
        'open_tree',
        'perf_event_open',
        'pivot_root',
        'quotactl',
        'reboot',
        'request_key',
        'setns',
        'swapoff',
        'swapon',
        'umount2',
        'unshare',
        'userfaultfd',
      ],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: EPERM,
    },
  ],
}

/** A script runs itself when it names its interpreter, else /bin/sh runs it; without one the image's own command runs. */
const commandLine = (spec: ContainerSpec, image: ImageConfig): string[] => {
  if (spec.script !== undefined) return spec.script.startsWith('#!') ? [SCRIPT] : ['/bin/sh', SCRIPT]
  const command = [...(image.Entrypoint ?? []), ...(image.Cmd ?? [])]
  if (command.length === 0) throw new Error('The image has no command of its own, and the job has no script')
  return command
}

/** The job's variables override the image's, and ours cannot be overridden. */
const environment = ({ jobId, spec, image, address }: SpecInput): string[] => {
  const fromImage = (image.Env ?? []).map((entry) => {
    const equals = entry.indexOf('=')
    return [entry.slice(0, equals), entry.slice(equals + 1)] as const
  })
  const all = {
    PATH: DEFAULT_PATH,
    HOME: '/root',
    ...Object.fromEntries(fromImage),
    ...spec.env,
    FLOAT_JOB_ID: jobId,
    FLOAT_ADDR: `${FLOAT_ADDRESS.host}:${FLOAT_ADDRESS.port}`,
    FLOAT_USER: spec.user,
    ...(spec.userNumber === undefined ? {} : { FLOAT_USER_ID: String(spec.userNumber) }),
    FLOAT_LOG_PATH: inner.logPath,
    FLOAT_JOB_PATH: inner.jobPath,
    WORKER_ADDR: address,
  }
  return Object.entries(all).map(([name, value]) => `${name}=${value}`)
}

const mounts = (
  dataMounts: readonly DataMount[],
  { dirMaps = [], shmBytes = SHM_BYTES }: Pick<ContainerSpec, 'dirMaps' | 'shmBytes'>,
): object[] => {
  const flags = ['nosuid', 'noexec', 'nodev']
  const bind = (source: string, destination: string, ...options: string[]): object => ({
    destination,
    source,
    type: 'bind',
    options: ['bind', 'nosuid', 'nodev', ...options],
  })
  return [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: flags },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'nodev', 'mode=1777', `size=${shmBytes}`],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...flags, 'ro'] },
    bind(INIT_OF_SYSTEM, INIT, 'ro'),
    ...JOB_TOOLS.map(({ source, destination }) => bind(source, destination, 'ro')),
    bind(places.resolv, '/etc/resolv.conf', 'ro'),
    bind(jobPlaces.logs, inner.logPath, 'rw'),
    bind(jobPlaces.job, inner.jobPath, 'rw'),
    ...dataMounts.map(({ source, mountPoint, mode }) => bind(source, mountPoint, mode === 'r' ? 'ro' : 'rw')),
    ...dirMaps.map(({ host, container }) => bind(host, container, 'rw')),
  ]
}

/** Asking for more than the hard limit would not start the container where raising it is not allowed. */
const openFilesLimit = (): number => {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  const hard = Number(line?.[1])
  return Number.isFinite(hard) ? Math.min(hard, 1_048_576) : 1_048_576
}
