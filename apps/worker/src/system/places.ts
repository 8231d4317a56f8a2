/** Every path the worker uses on an instance, in one place. */
export const places = {
  config: '/run/mmcloud/worker.json',
  credential: '/var/lib/mmworker/credential',
  /** Lives as long as the boot of the instance: what a restarted worker needs to adopt the job. */
  runtime: '/run/mmworker',
  state: '/run/mmworker/state.json',
  bundle: '/run/mmworker/bundle',
  configuration: '/run/mmworker/bundle/config.json',
  rootfs: '/run/mmworker/bundle/rootfs',
  /** A link without `:` in its name: `:` separates lower directories in overlay options. */
  lower: '/run/mmworker/image',
  runcRoot: '/run/mmworker/runc',
  runcLog: '/run/mmworker/runc.log',
  shimConfig: '/run/mmworker/shim.json',
  shimSocket: '/run/mmworker/shim.sock',
  shimLog: '/run/mmworker/shim.log',
  shimResult: '/run/mmworker/shim-result.json',
  criuConfig: '/run/mmworker/criu.conf',
  criuScript: '/run/mmworker/criu-action',
  criuWork: '/run/mmworker/criu-work',
  actionSocket: '/run/mmworker/action.sock',
  resolv: '/run/mmworker/resolv.conf',
  jobApiCertificate: '/run/mmworker/job-api.crt',
  jobApiKey: '/run/mmworker/job-api.key',
  /** Of the system image. */
  toolsLib: '/opt/memverge/lib',
  toolsBin: '/opt/memverge/bin',
  /** Fetched at boot, beside the worker. */
  floatProgram: '/opt/mmcloud/float.mjs',
  jobVolume: '/mnt/job',
} as const

/** The one container of an instance. */
export const CONTAINER_ID = 'job'

export const jobPlaces = {
  live: `${places.jobVolume}/live`,
  upper: `${places.jobVolume}/live/upper`,
  work: `${places.jobVolume}/live/work`,
  job: `${places.jobVolume}/live/job`,
  logs: `${places.jobVolume}/live/logs`,
  checkpoints: `${places.jobVolume}/checkpoints`,
  /** What was measured and not yet acknowledged; beside what goes back with a checkpoint. */
  samples: `${places.jobVolume}/samples`,
  exit: `${places.jobVolume}/exit.json`,
  volume: `${places.jobVolume}/volume.json`,
  /** There while `live` is still what the newest checkpoint's snapshot holds; its sequence number. */
  untouched: `${places.jobVolume}/untouched`,
} as const

/** Inside the container. */
export const inner = {
  logPath: '/mnt/float/logs',
  jobPath: '/mnt/float/job',
  toolsLib: '/opt/memverge/lib',
  toolsBin: '/opt/memverge/bin',
} as const
