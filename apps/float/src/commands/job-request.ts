import { parseTag } from '@mmcloud/contract/grammar/key-value'
import type { SubmitBody } from '@mmcloud/contract'
import type { Arguments } from '../arguments.ts'
import type { Flag } from '../command.ts'

/** The rest of the contract's table. */
const LATER: readonly Flag[] = [
  later('withRoot'),
  ...[
    'gpu-count',
    'zone',
    'subnet',
    'dirMap',
    'imageVolSize',
    'rootVolSize',
    'gateway',
    'targetPort',
    'dumpMode',
    'snapLocation',
    'extraContainerOpts',
    'extraOptions',
    'hostInit',
    'hostTerminate',
  ].map((long) => ({ ...later(long), value: 'VALUE' })),
]

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
  { long: 'customTag', value: 'KEY:VALUE', summary: 'a note for scripts, repeated' },
  {
    long: 'disableMigrate',
    summary: 'neither move it nor save it: what takes its instance away ends its run',
  },
  { long: 'disableRerun', summary: 'never start again from scratch after a loss' },
  ...LATER,
]

/** The request in these flags; grammars stay text. */
export const jobRequest = (args: Arguments): SubmitBody => ({
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
  disableRerun: args.isSet('disableRerun'),
  disableMigrate: args.isSet('disableMigrate'),
})

const imageWithTag = (image: string, tag: string | undefined): string =>
  tag && image !== '' && !/[:@][^/]*$/.test(image) ? `${image}:${tag}` : image

function later(long: string): Flag & { readonly later: true } {
  return { long, summary: 'not supported yet', later: true }
}
