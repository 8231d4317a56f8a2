import { invalidArgument } from '@mmcloud/domain'

/** Letters, digits, `-` and `_`: a name goes into paths and references as it is. */
export const SECRET_NAME = /^[A-Za-z0-9_-]{1,128}$/
/** An environment value larger than 128 KiB starts no program; secrets stay well below. */
export const MAX_SECRET_BYTES = 65_536

const OPENED = '{secret:'
const REFERENCE = /\{secret:([A-Za-z0-9_-]{1,128})\}/g
const WHOLE_REFERENCE = new RegExp(`^${REFERENCE.source}$`)

/** The name itself, or a refusal in words. */
export const parseSecretName = (name: string): string => {
  if (!SECRET_NAME.test(name))
    throw invalidArgument('a secret has a name of up to 128 letters, digits, "-" and "_"')
  return name
}

/** Refuses a reference that would stay in the value as it is, because it is none. The value is never repeated. */
export const checkReferences = (key: string, value: string): void => {
  if (value.split(OPENED).length - 1 === [...value.matchAll(REFERENCE)].length) return
  throw invalidArgument(
    `--env ${key}: write {secret:NAME} with a NAME of up to 128 letters, digits, "-" and "_"`,
  )
}

/** The value of a secret and nothing else. */
export const isReference = (text: string): boolean => WHOLE_REFERENCE.test(text)

export const mentionsSecret = (text: string): boolean => text.includes(OPENED)

/** What stands for the value of a secret. */
export const referenceTo = (name: string): string => `${OPENED}${name}}`

/** The secrets that an environment refers to, each once. */
export const secretsIn = (env: Readonly<Record<string, string>>): readonly string[] => [
  ...new Set(Object.values(env).flatMap((value) => [...value.matchAll(REFERENCE)].map(([, name]) => name!))),
]

/** The environment with its references replaced; what the values themselves hold is never read as a reference. */
export const withSecrets = (
  env: Readonly<Record<string, string>>,
  values: ReadonlyMap<string, string>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value.replace(REFERENCE, (reference, name: string) => values.get(name) ?? reference),
    ]),
  )
