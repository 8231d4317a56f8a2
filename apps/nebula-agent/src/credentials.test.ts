import { expect, test } from 'vitest'
import { readLogin } from './credentials.ts'

const files: Readonly<Record<string, string>> = {
  '/etc/secrets/mmc_address': 'from-a-file:8443\n',
  '/etc/secrets/mmc_username': ' nebula ',
  '/etc/secrets/mmc_password': 'hush\n',
}
const readFile = (path: string): string => {
  const text = files[path]
  if (text === undefined) throw new Error(`open ${path}: no such file or directory`)
  return text
}

test('the environment comes before files, an empty one is none, and both are stripped', () => {
  expect(readLogin({ _FSEC_MMC_ADDRESS: ' here:1\n', _FSEC_MMC_USERNAME: '' }, readFile)).toEqual({
    address: 'here:1',
    username: 'nebula',
    password: 'hush',
  })
})

test('what is missing is told by its name, without the others', () => {
  const nothing = (path: string): string => (path.endsWith('password') ? ' ' : readFile(path))
  expect(() => readLogin({}, nothing)).toThrow('the secret mmc_password is missing')
})
