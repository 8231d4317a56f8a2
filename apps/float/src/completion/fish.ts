import { type Command, type Flag, GLOBAL_FLAGS } from '../command.ts'
import { flagsOf, namesOf, valuesOf, verbsOf } from './words.ts'

/** For fish from 3 on. */
export const fishCompletion = (commands: readonly Command[]): string => {
  const anyCommand = seen(commands.flatMap(namesOf))
  return `\
# Completion of float for fish. Use: float completion fish | source
complete -c float -e
${commands.map(({ name, summary }) => offer(`not ${anyCommand}`, `-f -a ${name}`, summary)).join('\n')}
${GLOBAL_FLAGS.map((flag) => flagLine(`not ${anyCommand}`, flag)).join('\n')}
${commands.flatMap(ofCommand).join('\n')}
`
}

const ofCommand = (command: Command): readonly string[] => {
  const here = seen(namesOf(command))
  const verbs = verbsOf(command)
  return [
    ...(verbs.length === 0
      ? []
      : [offer(`${here}; and not ${seen(verbs)}`, `-f -a '${verbs.join(' ')}'`, command.summary)]),
    ...flagsOf(command).map((flag) => flagLine(here, flag)),
  ]
}

const flagLine = (condition: string, flag: Flag): string => {
  const short = flag.short === undefined ? '' : ` -s ${flag.short}`
  const values = valuesOf(flag)
  const value = flag.value === undefined ? '' : values.length === 0 ? ' -r' : ` -x -a '${values.join(' ')}'`
  return offer(condition, `-l ${flag.long}${short}${value}`, flag.summary)
}

const offer = (condition: string, what: string, summary: string): string =>
  `complete -c float -n '${condition}' ${what} -d '${summary.replaceAll(/['\\]/g, '\\$&')}'`
const seen = (words: readonly string[]): string => `__fish_seen_subcommand_from ${words.join(' ')}`
