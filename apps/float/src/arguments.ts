import { parseArgs } from 'node:util'
import { type Command, type Flag, GLOBAL_FLAGS } from './command.ts'

/**
 * What stood on the command line. Existing scripts put flags anywhere, give `-f` two meanings and let values begin
 * with `-`, which option libraries refuse; so the words come from `util.parseArgs` in its lenient mode and are
 * judged here.
 */
export type Arguments = {
  /** The last value of a flag; absent when not given. */
  readonly value: (long: string) => string | undefined
  /** All values of a repeated flag. */
  readonly values: (long: string) => readonly string[]
  readonly isSet: (long: string) => boolean
  /** Words that are neither the command, nor a flag, nor its value. */
  readonly words: readonly string[]
}

/** The command line itself is wrong; told without a code, as a local matter. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Splits the command's word from the rest. Flags before it are read with the meaning they have in most commands. */
export const findCommand = (
  argv: readonly string[],
  commands: readonly Command[],
): { readonly word: string | undefined; readonly rest: readonly string[] } => {
  const everywhere = new Map<string, Flag>()
  for (const flag of [...GLOBAL_FLAGS, ...commands.flatMap((command) => command.flags)]) {
    if (!everywhere.has(flag.long)) everywhere.set(flag.long, flag)
  }
  const first = tokenize(argv, withoutShortClashes([...everywhere.values()])).find(
    (t) => t.kind === 'positional',
  )
  if (!first) return { word: undefined, rest: argv }
  return { word: first.value, rest: argv.toSpliced(first.index, 1) }
}

/** Reads a command's flags and words; throws `UsageError` for what it does not know. */
export const readArguments = (command: Command, argv: readonly string[]): Arguments => {
  const flags = [...command.flags, ...GLOBAL_FLAGS]
  const values = new Map<string, string[]>()
  const words: string[] = []
  for (const token of tokenize(argv, flags)) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const flag = flags.find((known) => known.long === token.name)
    if (!flag) {
      throw new UsageError(
        `unknown flag: ${token.rawName}; "float ${command.name} --help" lists those there are`,
      )
    }
    const value = flag.value === undefined ? switchValue(token.rawName, token.value) : token.value
    if (value === undefined) throw new UsageError(`flag needs a value: ${token.rawName} ${flag.value}`)
    values.set(flag.long, [...(values.get(flag.long) ?? []), value])
  }
  return {
    value: (long) => values.get(long)?.at(-1),
    values: (long) => values.get(long) ?? [],
    isSet: (long) => values.has(long) && values.get(long)?.at(-1) !== 'false',
    words,
  }
}

const tokenize = (argv: readonly string[], flags: readonly Flag[]) =>
  parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      flags.map((flag) => [
        flag.long,
        {
          type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
          ...(flag.short === undefined ? {} : { short: flag.short }),
        },
      ]),
    ),
  }).tokens

const switchValue = (rawName: string, value: string | undefined): string => {
  if (value === undefined) return 'true'
  if (/^(true|false)$/i.test(value)) return value.toLowerCase()
  throw new UsageError(`${rawName} is a switch: it takes =true or =false, not "${value}"`)
}

/** Two flags of different commands may share a letter; the first keeps it. */
const withoutShortClashes = (flags: readonly Flag[]): Flag[] => {
  const taken = new Set<string>()
  return flags.map((flag) => {
    if (flag.short === undefined || taken.has(flag.short)) {
      const { short: _, ...rest } = flag
      return rest
    }
    taken.add(flag.short)
    return flag
  })
}
