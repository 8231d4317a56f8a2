import { invalidArgument } from '@mmcloud/domain'
import { checkReferences } from './secret.ts'

/**
 * `KEY=VALUE`. The value is never split on commas; one pair of quotes around the whole is taken off. A refusal never
 * repeats the value, which may be a secret.
 */
export const parseEnv = (text: string): readonly [key: string, value: string] => {
  const whole = /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
  const equals = whole.indexOf('=')
  if (equals < 0) throw invalidArgument('--env: no "=" in it; write KEY=VALUE')
  const key = whole.slice(0, equals)
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key))
    throw invalidArgument(`--env: "${key}" is not a name for a variable`)
  if (whole.includes('\0')) throw invalidArgument(`--env ${key}: the value holds a zero byte`)
  const value = whole.slice(equals + 1)
  checkReferences(key, value)
  return [key, value]
}

/** `key:value`; the value may be empty and may hold further colons. */
export const parseTag = (text: string): readonly [key: string, value: string] => {
  const colon = text.indexOf(':')
  if (colon <= 0) throw invalidArgument(`--customTag: "${text}" is not KEY:VALUE`)
  return checkTag(text.slice(0, colon).trim(), text.slice(colon + 1).trim())
}

/** Tags are printed bare, one a line, so a line break in one would forge other lines. */
export const checkTag = (key: string, value: string): readonly [key: string, value: string] => {
  if (key === '' || /[\r\n:]/.test(key) || /[\r\n]/.test(value)) {
    throw invalidArgument('--customTag: a key without ":" and no line breaks, please')
  }
  return [key, value]
}
