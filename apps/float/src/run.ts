import { UnreachableError } from '@mmcloud/client'
import { UserError } from '@mmcloud/domain'
import { findCommand, readArguments, UsageError } from './arguments.ts'
import type { Command, Context, Format } from './command.ts'
import { COMMANDS } from './commands/index.ts'
import { EXIT } from './exit-codes.ts'
import { commandHelp, generalHelp } from './help.ts'
import { type Connection, connect } from './session/connect.ts'
import type { World } from './world.ts'

/** Runs one command line to its end and answers the exit code; whatever goes wrong becomes one line on stderr. */
export const run = async (argv: readonly string[], world: World): Promise<number> => {
  let connection: Promise<Connection> | undefined
  try {
    const { word, rest } = findCommand(argv[0] === '--version' ? ['version'] : argv, COMMANDS)
    if (word === undefined || word === 'help') return general(argv, rest, world)
    const command = commandNamed(word)
    const args = readArguments(command, rest)
    if (args.isSet('help')) {
      world.out(commandHelp(command))
      return EXIT.ok
    }
    const context: Context = {
      world,
      args,
      commands: COMMANDS,
      format: readFormat(args.value('format')),
      connect: () => (connection ??= connect(args, world)),
    }
    return await command.run(context)
  } catch (error) {
    world.err(`Error: ${sentenceOf(error)}\n`)
    return exitCodeOf(error)
  } finally {
    await connection?.then(
      (open) => open.close(),
      () => undefined,
    )
  }
}

const general = (argv: readonly string[], rest: readonly string[], world: World): number => {
  const named = COMMANDS.find((command) => isNamed(command, rest[0] ?? ''))
  if (named) world.out(commandHelp(named))
  else if (argv.length === 0 || argv.some((word) => ['help', '--help', '-h'].includes(word)))
    world.out(generalHelp())
  else throw new UsageError(`no command in "${argv.join(' ')}"; "float --help" lists them`)
  return EXIT.ok
}

const isNamed = (command: Command, word: string): boolean =>
  command.name === word || command.aliases.includes(word)

const commandNamed = (word: string): Command => {
  const command = COMMANDS.find((candidate) => isNamed(candidate, word))
  if (command) return command
  throw new UsageError(`unknown command "${word}"; "float --help" lists them`)
}

const readFormat = (format: string | undefined): Format | undefined => {
  if (format === undefined || format === 'table' || format === 'yaml' || format === 'json') return format
  throw new UsageError(`--format: "${format}" is none of table, yaml and json`)
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return EXIT.usage
  return error instanceof UnreachableError ? EXIT.unreachable : EXIT.failed
}

/** What the OpCenter or a grammar refused carries its code; what went wrong here does not. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof UserError) return `${error.message} (code: ${error.code})`
  return error instanceof Error ? error.message : String(error)
}
