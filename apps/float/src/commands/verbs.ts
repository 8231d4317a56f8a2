import { UsageError } from '../arguments.ts'
import type { Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

/** What one verb of a command does with the words after it; answers how it ended where that may not be well. */
export type Verb = (context: Context, words: readonly string[]) => Promise<number | void>

/** What people type too. */
const ALSO: Readonly<Record<string, string>> = { ls: 'list', rm: 'delete' }

/** Does what the first word of a command says; without one it lists. `also`: other words for these verbs. */
export const runVerb = async (
  context: Context,
  noun: string,
  verbs: Readonly<Record<string, Verb>>,
  also: Readonly<Record<string, string>> = {},
): Promise<number> => {
  const [word = 'list', ...words] = context.args.words
  const known = [word, also[word], ALSO[word]].find(
    (each) => each !== undefined && Object.hasOwn(verbs, each),
  )
  const verb = known === undefined ? undefined : verbs[known]
  if (!verb) throw new UsageError(`${noun}: "${word}" is not ${oneOf(Object.keys(verbs))}`)
  return (await verb(context, words)) ?? EXIT.ok
}

const oneOf = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
