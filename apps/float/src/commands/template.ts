import type { TemplateView } from '@mmcloud/contract'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { renderYaml } from '../render/yaml.ts'
import { confirmed } from './job-id.ts'
import { runVerb, type Verb } from './verbs.ts'

export const template: Command = {
  name: 'template',
  aliases: ['templates'],
  summary: 'Save the configuration of a job, and list what is saved',
  usage: 'template list | create NAME[:TAG] --from-job ID | show NAME | delete NAME[:TAG]',
  flags: [
    { long: 'from-job', value: 'ID', summary: 'create: the job whose configuration it becomes' },
    { long: 'description', value: 'TEXT', summary: 'create: what it is for' },
    { long: 'shared', summary: 'create: for everybody (admins)' },
    { long: 'replace', summary: 'create: also where you have one of that name and tag' },
    FORCE_FLAG,
  ],
  examples: [
    'float template create nightly --from-job ID',
    'float template show nightly',
    'float template delete nightly',
  ],
  run: (context) => runVerb(context, 'template', VERBS),
}

const list = async (context: Context): Promise<number> => {
  const { client } = await context.connect()
  print(context, (await client.call('templates')).templates)
  return EXIT.ok
}

const show = async (context: Context, [name]: readonly string[]): Promise<number> => {
  const { client } = await context.connect()
  const { templates } = await client.call('template', { params: { name: nameOf(name) } })
  const { world, format } = context
  if (format === 'json') world.out(`${JSON.stringify(templates, null, 2)}\n`)
  else world.out(templates.map((one) => renderYaml({ ...one })).join('---\n'))
  return EXIT.ok
}

const create = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const { args } = context
  const fromJob = args.value('from-job')
  if (!fromJob) throw new UsageError('template create: which job? name it with --from-job ID')
  const [name = '', tag] = nameOf(word)
    .replace(/^private::/, '')
    .split(':')
  const description = args.value('description')
  const body = {
    name,
    fromJob,
    ...(tag === undefined ? {} : { tag }),
    ...(description === undefined ? {} : { description }),
    ...(args.isSet('shared') ? { shared: true } : {}),
    ...(args.isSet('replace') ? { replace: true } : {}),
  }
  const { client } = await context.connect()
  print(context, [await client.call('createTemplate', { body })])
  return EXIT.ok
}

const remove = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  if (!(await confirmed(context, `Delete template ${name}?`))) return EXIT.failed
  const { client } = await context.connect()
  const { deleted } = await client.call('deleteTemplate', { params: { name } })
  context.world.out(`Deleted ${deleted} ${deleted === 1 ? 'tag' : 'tags'} of ${name}\n`)
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  show,
  create,
  delete: remove,
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('template: the name of a template is missing')
  return word
}

const print = (context: Context, templates: readonly TemplateView[]): void =>
  printList(context, templates, HEADER, row, 'No templates')

const HEADER = ['NAME', 'TAG', 'USER', 'SHARED', 'CREATED', 'FLAGS', 'DESCRIPTION']
const row = (one: TemplateView): string[] => [
  one.name,
  one.tag,
  one.user,
  one.shared ? 'yes' : 'no',
  one.createTime,
  one.inputArgs,
  one.description,
]
