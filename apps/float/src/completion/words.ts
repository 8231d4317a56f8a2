import { type Command, type Flag, GLOBAL_FLAGS } from '../command.ts'

/** Every word that names the command: its name, then its aliases. */
export const namesOf = (command: Command): readonly string[] => [command.name, ...command.aliases]

/** What the usage fixes of the word after the command: `ls`, `cat` and `tail` of `log ls|cat|tail -j ID`. */
export const verbsOf = ({ name, usage }: Command): readonly string[] => {
  const alternatives = usage.replaceAll(/\[[^\]]*\]/g, '').split(' | ')
  const first = alternatives.map((text) => text.replace(`${name} `, '').split(' ')[0] ?? '')
  return [...new Set(first.flatMap((word) => word.split('|')))].filter(
    (word) => word !== name && isWord(word),
  )
}

/** The values that a flag's description fixes: `table|yaml|json`; none where anything may stand. */
export const valuesOf = ({ value = '' }: Flag): readonly string[] => value.split('|').filter(isWord)

/** The command's own first. */
export const flagsOf = (command: Command): readonly Flag[] => [...command.flags, ...GLOBAL_FLAGS]

/** As typed: `--image`, `-i`. A command's own short flag is meant before a global one of that letter. */
export const spellingsOf = (flag: Flag): readonly string[] => [
  `--${flag.long}`,
  ...(flag.short === undefined ? [] : [`-${flag.short}`]),
]

const isWord = (text: string): boolean => /^[a-z][a-z-]*$/.test(text)
