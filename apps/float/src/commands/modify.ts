import { readModification } from '@mmcloud/contract/grammar/modification'
import { parseTag } from '@mmcloud/contract/grammar/key-value'
import type { ModifyBody } from '@mmcloud/contract'
import { type Arguments, UsageError } from '../arguments.ts'
import { type Command, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { acknowledge } from './actions.ts'
import { jobId } from './job-id.ts'

/** What can be judged without the job is judged before it is sent; a migration policy is one only beside the job's own. */
export const modify: Command = {
  name: 'modify',
  aliases: [],
  summary: 'Change a live job: its policies, its bounds, its tags',
  usage: 'modify -j ID [FLAGS]',
  flags: [
    JOB_FLAG,
    {
      long: 'migratePolicy',
      short: 'M',
      value: '[KEY=VALUE,…]',
      summary: 'when it moves for its size; the keys given change, the others stay',
    },
    {
      long: 'vmPolicy',
      value: '[POLICY=true,…]',
      summary: 'spotFirst, spotOnly, onDemand; from the next move on',
    },
    { long: 'cpu', short: 'c', value: 'MIN[:MAX]', summary: 'virtual CPUs; it moves if it no longer fits' },
    { long: 'mem', short: 'm', value: 'MIN[:MAX]', summary: 'memory in GiB; the same' },
    { long: 'instType', short: 't', value: 'TYPE', summary: 'exactly this instance type; the same' },
    { long: 'addCustomTag', value: 'KEY:VALUE', summary: 'a note for scripts, repeated' },
  ],
  examples: [
    'float modify -j ID -M [mem.disable=false,mem.upperBoundRatio=80]',
    'float modify -j ID -c 2:8 -m 4:32',
    'float modify -j ID --vmPolicy [onDemand=true] --addCustomTag phase:training',
  ],
  run: async (context) => {
    const id = jobId(context)
    const body = modification(context.args)
    readModification(body)
    const { client } = await context.connect()
    const job = await client.call('modifyJob', { params: { id }, body })
    acknowledge(context, job, 'Modify request has been submitted')
    return EXIT.ok
  },
}

const modification = (args: Arguments): ModifyBody => {
  const texts = ['migratePolicy', 'vmPolicy', 'cpu', 'mem', 'instType'].flatMap((flag) => {
    const value = args.value(flag)
    return value === undefined ? [] : [[flag, value] as const]
  })
  const tags = args.values('addCustomTag').map(readTag)
  return {
    ...Object.fromEntries(texts),
    ...(tags.length > 0 ? { customTags: Object.fromEntries(tags) } : {}),
  }
}

const readTag = (text: string): readonly [key: string, value: string] => {
  if (text.indexOf(':') <= 0) throw new UsageError(`--addCustomTag: "${text}" is not KEY:VALUE`)
  return parseTag(text)
}
