import { parseTag } from '@mmcloud/contract/grammar/key-value'
import type { SubmitBody } from '@mmcloud/contract'
import type { Arguments } from '../arguments.ts'
import type { Flag } from '../command.ts'
import type { World } from '../world.ts'

/** What a job is to be: the flags of `submit` that `rerun` takes too. */
export const REQUEST_FLAGS: readonly Flag[] = [
  {
    long: 'image',
    short: 'i',
    value: 'IMAGE',
    summary: 'from the library ("float image list") or a registry',
  },
  { long: 'tag', value: 'TAG', summary: "the image's tag, if it is not in IMAGE" },
  { long: 'cpu', short: 'c', value: 'MIN[:MAX]', summary: 'virtual CPUs' },
  { long: 'mem', short: 'm', value: 'MIN[:MAX]', summary: 'memory in GiB' },
  { long: 'instType', short: 't', value: 'TYPE', summary: 'exactly this instance type' },
  { long: 'allowList', value: '[TYPE,…]', summary: 'only these instance types: [r5*,m5.large]' },
  { long: 'denyList', value: '[TYPE,…]', summary: 'none of these instance types' },
  { long: 'name', short: 'n', value: 'NAME', summary: 'a name for the job' },
  { long: 'env', short: 'e', value: 'KEY=VALUE', summary: 'environment, repeated' },
  {
    long: 'dataVolume',
    value: '[K=V,…]SOURCE:/PATH',
    summary: 'a new disk ([size=10]:/data), a bucket (s3://b:/data) or nfs://HOST/PATH:/data, repeated',
  },
  {
    long: 'storage',
    value: 'NAME[:/PATH]',
    summary: 'a volume that you have registered ("float storage list"), repeated',
  },
  {
    long: 'imageVolSize',
    value: 'GB',
    summary: 'more room for what the job writes into its image, beside the 64 GB it has',
  },
  {
    long: 'vmPolicy',
    value: '[POLICY=true,…]',
    summary: 'spotFirst, spotOnly, onDemand; retryLimit, retryInterval, priceLimit',
  },
  {
    long: 'migratePolicy',
    short: 'M',
    value: '[KEY=VALUE,…]',
    summary:
      'when it moves for its size: enable, evadeOOM, stepAuto; cpu. and mem. with upperBoundRatio, step, limit…',
  },
  { long: 'timeLimit', value: 'DURATION', summary: 'most time spent executing, like 86400s' },
  { long: 'publish', value: 'HOST:CONTAINER', summary: 'a port to reach from outside, repeated' },
  {
    long: 'allowFrom',
    value: 'CIDR',
    summary: 'who may reach published ports, repeated (the address that you submit from)',
  },
  {
    long: 'securityGroup',
    value: 'NAME',
    summary: 'of the cloud; the local cloud has none, each job gets its own: --allowFrom',
  },
  { long: 'gateway', value: 'auto|g-…', summary: 'an address that stays the same wherever the job runs' },
  {
    long: 'targetPort',
    value: 'PORT',
    summary: 'which port of the job the gateway leads to; may be left out where it publishes one',
  },
  { long: 'customTag', value: 'KEY:VALUE', summary: 'a note for scripts, repeated' },
  {
    long: 'disableMigrate',
    summary: 'neither move it nor save it: what takes its instance away ends its run',
  },
  { long: 'disableRerun', summary: 'never start again from scratch after a loss' },
  { long: 'withRoot', summary: 'run the program as root, whatever user its image names' },
  {
    long: 'dirMap',
    value: 'HOST:CONTAINER',
    summary: 'a directory of the instance below /mnt or /srv, repeated; nothing of it moves with the job',
  },
  {
    long: 'extraContainerOpts',
    value: 'OPTIONS',
    summary:
      '--shm-size SIZE and --workdir DIRECTORY; what would let the job out of its container is refused',
  },
  {
    long: 'hostInit',
    value: 'FILE',
    summary: 'a script to run as root on each instance before the program comes (local cloud: admins)',
  },
  {
    long: 'hostTerminate',
    value: 'FILE',
    summary: 'a script to run there when the program has left (local cloud: admins)',
  },
  { long: 'dumpMode', value: 'full', summary: 'how it is saved: whole each time, as without this' },
  { long: 'gpu-count', value: 'N', summary: 'GPUs; the local cloud has none' },
  { long: 'zone', value: 'ZONE', summary: 'of the cloud; the local cloud has one' },
  { long: 'subnet', value: 'SUBNET', summary: 'of the cloud; the local cloud has one' },
  { long: 'rootVolSize', value: 'GB', summary: "of the instance's own disk; nothing of a job lies there" },
  { long: 'snapLocation', value: 'PLACE', summary: "for what is saved; here always the job's own disk" },
  { long: 'extraOptions', value: 'OPTIONS', summary: 'of the cloud; the local cloud has none' },
]

/** The request in these flags; grammars stay text. */
export const jobRequest = (args: Arguments, { readFile }: Pick<World, 'readFile'>): SubmitBody => ({
  image: imageWithTag(args.value('image') ?? '', args.value('tag')),
  cpu: args.value('cpu'),
  mem: args.value('mem'),
  instType: args.value('instType'),
  allowList: args.value('allowList'),
  denyList: args.value('denyList'),
  name: args.value('name'),
  envs: [...args.values('env')],
  dataVolumes: [...args.values('dataVolume')],
  storage: [...args.values('storage')],
  customTags: Object.fromEntries(args.values('customTag').map(parseTag)),
  vmPolicy: args.value('vmPolicy'),
  migratePolicy: args.value('migratePolicy'),
  timeLimit: args.value('timeLimit'),
  publish: [...args.values('publish')],
  allowFrom: [...args.values('allowFrom')],
  securityGroup: args.value('securityGroup'),
  gateway: args.value('gateway'),
  targetPort: args.value('targetPort'),
  hostInit: scriptIn(args.value('hostInit'), readFile),
  hostTerminate: scriptIn(args.value('hostTerminate'), readFile),
  withRoot: args.isSet('withRoot'),
  dirMaps: [...args.values('dirMap')],
  extraContainerOpts: args.value('extraContainerOpts'),
  imageVolSize: args.value('imageVolSize'),
  dumpMode: args.value('dumpMode'),
  gpuCount: unlessZero(args.value('gpu-count')),
  zone: args.value('zone'),
  subnet: args.value('subnet'),
  rootVolSize: unlessZero(args.value('rootVolSize')),
  snapLocation: args.value('snapLocation'),
  extraOptions: args.value('extraOptions'),
  disableRerun: args.isSet('disableRerun'),
  disableMigrate: args.isSet('disableMigrate'),
})

const scriptIn = (path: string | undefined, readFile: World['readFile']): string | undefined =>
  path === undefined || path === '' ? undefined : readFile(path)

/** `--gpu-count 0` asks for nothing. */
const unlessZero = (value: string | undefined): string | undefined => (value === '0' ? undefined : value)

const imageWithTag = (image: string, tag: string | undefined): string =>
  tag && image !== '' && !/[:@][^/]*$/.test(image) ? `${image}:${tag}` : image
