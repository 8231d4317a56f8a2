import type { Image } from '@mmcloud/contract'
import { formatBytes } from '@mmcloud/report/measures'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { printList } from '../render/output.ts'
import { runVerb, type Verb } from './verbs.ts'

export const image: Command = {
  name: 'image',
  aliases: ['mi', 'images'],
  summary: 'List the app library, add to it and take away from it',
  usage: 'image list | add NAME URI | show NAME | tags NAME | delete NAME[:TAG]',
  flags: [
    { long: 'tag', value: 'TAG', summary: 'add: its tag in the library (latest)' },
    { long: 'description', value: 'TEXT', summary: 'add: how to use it' },
    { long: 'port', value: 'PORT', summary: 'add: the port on which its programs listen' },
    { long: 'replace', summary: 'add: also where there is one of that name and tag' },
    FORCE_FLAG,
  ],
  examples: [
    'float image list',
    'float image add cactus quay.io/comparative-genomics-toolkit/cactus:v2.9.3 --tag 2.9',
    'float image add mine oci-archive:/root/mine.tar --port 8888 --description "Jupyter on 8888"',
    'float image delete cactus:2.9',
  ],
  run: (context) => runVerb(context, 'image', VERBS),
}

const list = async (context: Context): Promise<void> => {
  const { client } = await context.connect()
  print(context, (await client.call('images')).images)
}

const show = async (context: Context, [name]: readonly string[]): Promise<void> => {
  const { client } = await context.connect()
  print(context, (await client.call('image', { params: { name: nameOf(name) } })).images)
}

const tags = async (context: Context, [name]: readonly string[]): Promise<void> => {
  const { client } = await context.connect()
  const { images } = await client.call('image', { params: { name: nameOf(name) } })
  context.world.out(images.map(({ tag }) => `${tag}\n`).join(''))
}

const add = async (context: Context, [name, uri]: readonly string[]): Promise<void> => {
  const { args } = context
  if (uri === undefined) throw new UsageError('image add: give a name and where the image is, NAME URI')
  const [tag, description, port] = [args.value('tag'), args.value('description'), args.value('port')]
  const body = {
    name: nameOf(name),
    uri,
    ...(tag === undefined ? {} : { tag }),
    ...(description === undefined ? {} : { description }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(args.isSet('replace') ? { replace: true } : {}),
  }
  const { client } = await context.connect()
  print(context, [await client.call('addImage', { body })])
}

const remove = async (context: Context, [word]: readonly string[]): Promise<void> => {
  const [name = '', tag] = nameOf(word).split(':')
  const { ask } = context.world
  if (ask && !context.args.isSet('force')) {
    const answer = await ask(`Take image ${word} out of the library? [y/N] `, { hidden: false })
    if (!/^y(es)?$/i.test(answer.trim())) return
  }
  const { client } = await context.connect()
  const { deleted } = await client.call('deleteImage', {
    params: { name },
    query: tag === undefined ? {} : { tag },
  })
  context.world.out(`Deleted ${deleted} ${deleted === 1 ? 'tag' : 'tags'} of ${name}\n`)
}

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  show,
  tags,
  add,
  delete: remove,
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('image: the name of an image is missing')
  return word
}

const print = (context: Context, images: readonly Image[]): void =>
  printList(context, images, HEADER, row, 'No images')

const HEADER = ['NAME', 'TAG', 'URI', 'DIGEST', 'SIZE', 'PORT', 'DESCRIPTION']
const row = (image: Image): string[] => [
  image.name,
  image.tag,
  image.uri || '-',
  image.digest.slice(0, 19),
  formatBytes(image.bytes),
  image.port === undefined ? '-' : String(image.port),
  image.description,
]
