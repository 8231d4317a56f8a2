import { text } from 'node:stream/consumers'
import { type FloatPlatform, floatPlatform } from '@mmcloud/contract/float-platforms'
import { UserError } from '@mmcloud/domain'
import { UsageError } from '../arguments.ts'
import type { Command, Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { replaceFile, sha256Of } from '../replace-file.ts'

/** The OpCenter and its `float` are made of the same sources: of one release. */
export const release: Command = {
  name: 'release',
  aliases: [],
  summary: "Replace this float by the OpCenter's own",
  usage: 'release sync',
  flags: [],
  examples: ['float release sync', 'float release sync -a 127.0.0.1:8443'],
  run: async (context) => {
    const [verb] = context.args.words
    if (verb !== 'sync') throw new UsageError(`release: "${verb ?? ''}" is not sync`)
    return sync(context)
  },
}

const sync = async (context: Context): Promise<number> => {
  const { world } = context
  const { executable } = world
  if (executable === undefined) {
    throw new UserError(
      'notSupported',
      'this float runs from a checkout or in a job, not as one file: there is nothing to replace',
    )
  }
  const file = `/float.${thisPlatform()}`
  const { client } = await context.connect()
  const { version } = await client.call('version')
  const sha256 = readChecksum(await text(await client.download(`${file}.sha256`)))
  if ((await sha256Of(executable)) === sha256) {
    world.out(`${executable} is float ${version} of the OpCenter already\n`)
    return EXIT.ok
  }
  await replaceFile(executable, sha256, () => client.download(file))
  world.out(`${executable} is now float ${version} of the OpCenter\n`)
  return EXIT.ok
}

const thisPlatform = (): FloatPlatform => {
  const platform = floatPlatform(process.platform, process.arch)
  if (platform) return platform
  throw new UserError('notSupported', `there is no float for ${process.platform} on ${process.arch}`)
}

const readChecksum = (line: string): string => {
  const [, sum] = /^([0-9a-f]{64}) /.exec(line) ?? []
  if (sum) return sum
  throw new UserError('internal', 'the OpCenter told no checksum of its float')
}
