import { type Command, type Flag, GLOBAL_FLAGS } from '../command.ts'
import { flagsOf, namesOf, spellingsOf, valuesOf, verbsOf } from './words.ts'

/** For bash from 4 on, with no more than bash. Files are offered where nothing else is known. */
export const bashCompletion = (commands: readonly Command[]): string => `\
# Completion of float for bash. Use: source <(float completion bash)
_float() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= verb= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $command:$word in
${commands.map((command) => `      ${patterns('', namesOf(command))}) command=${command.name} ;;`).join('\n')}
${commands.flatMap(verbCase).join('\n')}
    esac
  done
  case $command:$previous in
${commands.flatMap((command) => valueCases(command.name, flagsOf(command))).join('\n')}
${valueCases('', GLOBAL_FLAGS).join('\n')}
    *)
      case $command:$verb:$current in
${commands.map((command) => `        ${command.name}:*:-*) words='${longFlags(flagsOf(command))}' ;;`).join('\n')}
${commands.flatMap(verbWords).join('\n')}
        ::-*) words='${longFlags(GLOBAL_FLAGS)}' ;;
        ::*) words='${commands.map(({ name }) => name).join(' ')}' ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _float float
`

const verbCase = (command: Command): readonly string[] => {
  const verbs = verbsOf(command)
  return verbs.length === 0 ? [] : [`      ${patterns(command.name, verbs)}) verb=$word ;;`]
}

const verbWords = (command: Command): readonly string[] => {
  const verbs = verbsOf(command)
  return verbs.length === 0 ? [] : [`        ${command.name}::*) words='${verbs.join(' ')}' ;;`]
}

/** What may follow a flag that takes a value: its fixed values, or nothing that we know. */
const valueCases = (command: string, flags: readonly Flag[]): readonly string[] =>
  flags
    .filter((flag) => flag.value !== undefined)
    .map((flag) => `    ${patterns(command, spellingsOf(flag))}) words='${valuesOf(flag).join(' ')}' ;;`)

const patterns = (command: string, words: readonly string[]): string =>
  words.map((word) => `${command}:${word}`).join('|')
const longFlags = (flags: readonly Flag[]): string => flags.map(({ long }) => `--${long}`).join(' ')
