import { readSubmission } from '@mmcloud/contract/grammar/submission'
import { parseTag } from '@mmcloud/contract/grammar/key-value'
import type { SubmitBody } from '@mmcloud/contract'
import { UserError } from '@mmcloud/domain'
import type { Arguments } from '../arguments.ts'
import { type Command, type Flag, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printOffers } from '../render/offers.ts'
import { renderJob } from '../render/job.ts'
import type { World } from '../world.ts'

const FLAGS: readonly Flag[] = [
  {
    long: 'image',
    short: 'i',
    value: 'IMAGE',
    summary: 'from the library ("float image list") or a registry',
  },
  { long: 'tag', value: 'TAG', summary: "the image's tag, if it is not in IMAGE" },
  { long: 'job', short: 'j', value: 'FILE', summary: "script to run; without it the image's own entrypoint" },
  { long: 'cpu', short: 'c', value: 'MIN[:MAX]', summary: 'virtual CPUs' },
  { long: 'mem', short: 'm', value: 'MIN[:MAX]', summary: 'memory in GiB' },
  { long: 'instType', short: 't', value: 'TYPE', summary: 'exactly this instance type' },
  { long: 'allowList', value: '[TYPE,…]', summary: 'only these instance types: [r5*,m5.large]' },
  { long: 'denyList', value: '[TYPE,…]', summary: 'none of these instance types' },
  { long: 'name', short: 'n', value: 'NAME', summary: 'a name for the job' },
  { long: 'env', short: 'e', value: 'KEY=VALUE', summary: 'environment, repeated' },
  { long: 'dataVolume', value: '[size=GB]:/PATH', summary: 'a new disk that moves with the job, repeated' },
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
  { long: 'customTag', value: 'KEY:VALUE', summary: 'a note for scripts, repeated' },
  { long: 'disableRerun', summary: 'never start again from scratch after a loss' },
  {
    long: 'dry-run',
    summary: 'make nothing: show which instance it would get, at what price, and why no other',
  },
  FORCE_FLAG,
]

/** The rest of the contract's table. */
const LATER: readonly Flag[] = [
  ...['disableMigrate', 'withRoot'].map(later),
  ...[
    'gpu-count',
    'zone',
    'subnet',
    'storage',
    'dirMap',
    'imageVolSize',
    'rootVolSize',
    'securityGroup',
    'gateway',
    'targetPort',
    'dumpMode',
    'snapLocation',
    'extraContainerOpts',
    'extraOptions',
    'hostInit',
    'hostTerminate',
    'template',
    'overwriteTemplate',
  ].map((long) => ({ ...later(long), value: 'VALUE' })),
]

/** Reads and uploads the script at once: callers delete the file right after. */
export const submit: Command = {
  name: 'submit',
  aliases: ['sbatch'],
  summary: 'Run a containerised program as a job',
  usage: 'submit -i IMAGE [-j SCRIPT] [FLAGS]',
  flags: [...FLAGS, ...LATER],
  examples: [
    'float submit -i python -j train.sh -c 2 -m 4',
    'float submit -i python -j train.sh -t m5.large --vmPolicy [spotOnly=true,priceLimit=0.1]',
    'float submit -i python -j train.sh -c 2 -m 4 --allowList [m5*,r5*] --dry-run',
    'float submit -i python -j load.py -c 1:8 -m 2:32 -M [enable=true,stepAuto=true]',
    'float submit -i python -j serve.sh --publish 8888:8888 --dataVolume [size=10]:/data -e LEVEL=3',
  ],
  run: async (context) => {
    const { args, world, format } = context
    const body = submitBody(args, world)
    readSubmission(body)
    const { client } = await context.connect()
    if (args.isSet('dry-run')) {
      printOffers(context, await client.call('weighOffers', { body }))
      return EXIT.ok
    }
    world.out(renderJob(await client.call('submitJob', { body }), undefined, format))
    return EXIT.ok
  },
}

const submitBody = (args: Arguments, world: World): SubmitBody => ({
  image: imageWithTag(args.value('image') ?? '', args.value('tag')),
  jobContent: script(args.value('job'), world),
  cpu: args.value('cpu'),
  mem: args.value('mem'),
  instType: args.value('instType'),
  allowList: args.value('allowList'),
  denyList: args.value('denyList'),
  name: args.value('name'),
  envs: [...args.values('env')],
  dataVolumes: [...args.values('dataVolume')],
  customTags: Object.fromEntries(args.values('customTag').map(parseTag)),
  vmPolicy: args.value('vmPolicy'),
  migratePolicy: args.value('migratePolicy'),
  timeLimit: args.value('timeLimit'),
  publish: [...args.values('publish')],
  disableRerun: args.isSet('disableRerun'),
})

const imageWithTag = (image: string, tag: string | undefined): string =>
  tag && image !== '' && !/[:@][^/]*$/.test(image) ? `${image}:${tag}` : image

const script = (path: string | undefined, world: World): string | undefined => {
  if (path === undefined || path === '') return undefined
  const scheme = /^([a-z0-9]+):\/\//i.exec(path)?.[1]
  if (scheme) throw new UserError('notSupported', `--job: a script from ${scheme}:// is not supported yet`)
  const text = world.readFile(path)
  if (text === '') throw new Error(`${path} is empty: there is nothing to run`)
  return text
}

function later(long: string): Flag & { readonly later: true } {
  return { long, summary: 'not supported yet', later: true }
}
