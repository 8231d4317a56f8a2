import { type Command, type Flag, GLOBAL_FLAGS } from './command.ts'

/** The reference page, docs/reference.md, of what `--help` tells command by command. */
export const referencePage = (commands: readonly Command[]): string =>
  [
    '# Reference of `float`',
    '',
    '<!-- Made by `node scripts/write-reference.ts` from the descriptions of the commands; changes here are lost. -->',
    '',
    '`float COMMAND --help` tells the same. Flags stand before or after the command and its words.',
    '',
    ...table(
      ['command', ''],
      commands.map((command) => [`[${command.name}](#${command.name})`, command.summary]),
    ),
    '',
    '## Flags of every command',
    '',
    ...flagTable(GLOBAL_FLAGS),
    '',
    ...commands.flatMap(section),
  ].join('\n')

const section = (command: Command): readonly string[] => {
  const { flags, notes = [] } = command
  return [
    `## ${command.name}`,
    '',
    `${command.summary}.`,
    ...(command.aliases.length === 0 ? [] : [`Also: ${command.aliases.map(code).join(', ')}.`]),
    '',
    '```',
    `float ${command.usage}`,
    '```',
    '',
    ...(notes.length === 0 ? [] : [notes.join(' '), '']),
    ...(flags.length === 0 ? [] : [...flagTable(flags), '']),
    '```sh',
    ...command.examples,
    '```',
    '',
  ]
}

const flagTable = (flags: readonly Flag[]): readonly string[] =>
  table(
    ['flag', ''],
    flags.map(({ long, short, value, summary }) => [
      code(`${short === undefined ? '' : `-${short}, `}--${long} ${value ?? ''}`.trimEnd()),
      summary,
    ]),
  )

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  )

const code = (text: string): string => `\`${text}\``
