import { expect, test } from 'vitest'
import { findCommand, readArguments } from './arguments.ts'
import { COMMANDS } from './commands/index.ts'

const parse = (...argv: string[]) => {
  const { word, rest } = findCommand(argv, COMMANDS)
  const command = COMMANDS.find((known) => known.name === word || known.aliases.includes(word ?? ''))
  if (!command) throw new Error(`no command ${word}`)
  return { name: command.name, args: readArguments(command, rest) }
}

test.each([
  [['log', '-j', 'ID', 'cat', 'FILE']],
  [['log', 'cat', '-j', 'ID', 'FILE']],
  [['-a', 'h:1', 'log', 'cat', 'FILE', '--job=ID']],
  [['-j', 'ID', 'log', 'cat', '-p', '-secret-', 'FILE']],
])('%j is one and the same', (argv) => {
  const { name, args } = parse(...argv)
  expect([name, args.value('job'), args.words]).toEqual(['log', 'ID', ['cat', 'FILE']])
})

test('-f forces, or filters', () => {
  expect(parse('cancel', '-f', '-j', 'ID').args.isSet('force')).toBe(true)
  expect(parse('squeue', '-f', 'user=U', '-f', 'status=Executing', 'list').args.values('filter')).toEqual([
    'user=U',
    'status=Executing',
  ])
})

test('a switch takes =true and =false, a value may begin with a dash', () => {
  expect(parse('submit', '--disableRerun=true').args.isSet('disableRerun')).toBe(true)
  expect(parse('submit', '--disableRerun=false').args.isSet('disableRerun')).toBe(false)
  expect(parse('submit', '-e', '-X=1', '--vmPolicy', 'a', '--vmPolicy', 'b').args.value('env')).toBe('-X=1')
  expect(parse('submit', '--vmPolicy', 'a', '--vmPolicy', 'b').args.value('vmPolicy')).toBe('b')
})

test.each([
  [['list', '--colour'], 'unknown flag: --colour'],
  [['list', '-z'], 'unknown flag: -z'],
  [['list', '-a'], 'flag needs a value: -a'],
  [['submit', '--disableRerun=maybe'], 'is a switch'],
])('%j is refused', (argv, sentence) => expect(() => parse(...argv)).toThrow(sentence))

test('a switch that says false is none', () => {
  expect(parse('submit', '--withRoot=false').args.isSet('withRoot')).toBe(false)
})

test.each(COMMANDS.flatMap((command) => command.examples.map((example) => [example, command] as const)))(
  'the help of each command shows what it understands: %s',
  (example, command) => {
    const [float, ...words] = example.replace(/ > .*| \|.*/, '').match(/"[^"]*"|\S+/g) ?? []
    const { word, rest } = findCommand(words, COMMANDS)
    expect([float, word]).toEqual(['float', command.name])
    expect(readArguments(command, rest).words.every((each) => !each.startsWith('-'))).toBe(true)
  },
)
