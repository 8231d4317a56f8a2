import { expect, test } from 'vitest'
import { readConsole } from './console-block.ts'

test('commands, over several lines too, and what each shows', () => {
  expect(readConsole('$ one \\\n    --flag\n  shown\n\n$ two\n$ three\n> shown\n')).toEqual([
    { command: 'one \\\n    --flag', output: ['  shown', ''] },
    { command: 'two', output: [] },
    { command: 'three', output: ['> shown'] },
  ])
})

test('what begins with no command is no console', () => {
  expect(() => readConsole('shown\n$ one')).toThrow('begins with "shown", not with a command')
})
