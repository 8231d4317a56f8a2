import { type Command, type Flag, GLOBAL_FLAGS } from '../command.ts'
import { flagsOf, namesOf, spellingsOf, valuesOf, verbsOf } from './words.ts'

/** For zsh: sourced, or as the file `_float` of a folder of `fpath`. */
export const zshCompletion = (commands: readonly Command[]): string => `\
#compdef float
# Completion of float for zsh. Use: source <(float completion zsh), after compinit
_float() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]} command= verb= word
  local -a offered
  for word in \${words[2,CURRENT-1]}; do
    case $command:$word in
${commands.map((command) => `      (${patterns('', namesOf(command))}) command=${command.name} ;;`).join('\n')}
${commands.flatMap(verbCase).join('\n')}
    esac
  done
  case $command:$previous in
${commands.flatMap((command) => valueCases(command.name, flagsOf(command))).join('\n')}
${valueCases('', GLOBAL_FLAGS).join('\n')}
  esac
  case $command:$verb:$current in
${commands.map((command) => `    (${command.name}:*:-*) offered=(${described(flagsOf(command))}) ;;`).join('\n')}
${commands.flatMap(verbWords).join('\n')}
    (::-*) offered=(${described(GLOBAL_FLAGS)}) ;;
    (::*) offered=(${commands.map(({ name, summary }) => entry(name, summary)).join(' ')}) ;;
    (*) _files; return ;;
  esac
  _describe float offered
}
if [[ $funcstack[1] == _float ]]; then _float "$@"; else compdef _float float; fi
`

const verbCase = (command: Command): readonly string[] => {
  const verbs = verbsOf(command)
  return verbs.length === 0 ? [] : [`      (${patterns(command.name, verbs)}) verb=$word ;;`]
}

const verbWords = (command: Command): readonly string[] => {
  const verbs = verbsOf(command)
  return verbs.length === 0 ? [] : [`    (${command.name}::*) offered=(${verbs.join(' ')}) ;;`]
}

const valueCases = (command: string, flags: readonly Flag[]): readonly string[] =>
  flags
    .filter((flag) => flag.value !== undefined)
    .map((flag) => {
      const values = valuesOf(flag)
      const offer = values.length === 0 ? '_files' : `compadd -- ${values.join(' ')}`
      return `    (${patterns(command, spellingsOf(flag))}) ${offer}; return ;;`
    })

const patterns = (command: string, words: readonly string[]): string =>
  words.map((word) => `${command}:${word}`).join('|')
const described = (flags: readonly Flag[]): string =>
  flags.map(({ long, summary }) => entry(`--${long}`, summary)).join(' ')
const entry = (word: string, summary: string): string => `'${word}:${summary.replaceAll("'", `'\\''`)}'`
