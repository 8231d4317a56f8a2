import { type Command, type Flag, GLOBAL_FLAGS } from './command.ts'
import { COMMANDS } from './commands/index.ts'

/** `float --help` */
export const generalHelp = (): string => {
  const width = Math.max(...COMMANDS.map((command) => command.name.length))
  const lines = COMMANDS.map((command) => {
    const aliases = command.aliases.length > 0 ? ` (also ${command.aliases.join(', ')})` : ''
    return `  ${command.name.padEnd(width)}  ${command.summary}${aliases}`
  })
  return [
    'float runs containerised programs on instances that may be taken away, and moves them with all their memory.',
    '',
    'Usage: float COMMAND [FLAGS]',
    '',
    'Commands:',
    ...lines,
    '',
    ...flagLines('Flags of every command', GLOBAL_FLAGS),
    '',
    'First steps:',
    '  float login -a 127.0.0.1:8443 -u admin',
    '  float submit -i python -j train.sh -c 2 -m 4',
    '  float list',
    '',
    '"float COMMAND --help" tells more.',
    '',
  ].join('\n')
}

/** `float COMMAND --help` */
export const commandHelp = (command: Command): string => {
  const aliases = command.aliases.length > 0 ? [`Also: ${command.aliases.join(', ')}`] : []
  const { flags, notes = [] } = command
  return [
    command.summary,
    '',
    `Usage: float ${command.usage}`,
    ...aliases,
    '',
    ...(notes.length > 0 ? [...notes, ''] : []),
    ...(flags.length > 0 ? [...flagLines('Flags', flags), ''] : []),
    ...flagLines('Flags of every command', GLOBAL_FLAGS),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}

const flagLines = (title: string, flags: readonly Flag[]): string[] => {
  const names = flags.map((flag) =>
    `${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.long} ${flag.value ?? ''}`.trimEnd(),
  )
  const width = Math.max(...names.map((name) => name.length))
  return [`${title}:`, ...flags.map((flag, at) => `  ${names[at]?.padEnd(width)}  ${flag.summary}`)]
}
