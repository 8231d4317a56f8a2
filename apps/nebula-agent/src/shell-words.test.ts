import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteWord, splitWords } from './shell-words.ts'

test.each([
  ['', []],
  ['  ', []],
  ['--migratePolicy [enable=true]', ['--migratePolicy', '[enable=true]']],
  [`--customTag "step:to str" -e 'A=b c'`, ['--customTag', 'step:to str', '-e', 'A=b c']],
  [String.raw`a\ b "c \" d" '' ""`, ['a b', 'c " d', '', '']],
  [`x'y'"z"$HOME *`, ['xyz$HOME', '*']],
])('%j are the words %j', (line, words) => expect(splitWords(line)).toEqual(words))

test.each(['"open', "it's"])('%j is refused', (line) =>
  expect(() => splitWords(line)).toThrow('a quote is not closed'),
)

test('what is quoted reads back as it was, by us and by a shell', () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitWords(words.map(quoteWord).join(' '))).toEqual(words)
    }),
  )
  const awkward = ['""', "it's", '$HOME `id` \\', 'a\nb', '', '*']
  const script = `printf '%s\\0' ${awkward.map(quoteWord).join(' ')}`
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(awkward)
})

test('the line end of Windows in a word is not one of the script', () => {
  expect(quoteWord('a\r\nb')).not.toContain('\r\n')
  expect(execFileSync('sh', ['-c', `printf %s ${quoteWord('a\r\nb')}`]).toString()).toBe('a\r\nb')
})
