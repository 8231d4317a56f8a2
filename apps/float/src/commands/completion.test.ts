import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { verbsOf, valuesOf } from '../completion/words.ts'
import { fakeWorld } from '../fake-world.ts'
import { COMMANDS } from './index.ts'

const script = async (shell: string): Promise<string> =>
  (await fakeWorld({}).float('completion', shell)).stdout

/** What bash offers for a line with the cursor at its end. */
const offered = async (line: string): Promise<string[]> => {
  const words = line.split(' ')
  const said = execFileSync(
    'bash',
    [
      '--norc',
      '-uc',
      'eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _float; printf "%s\\n" "${COMPREPLY[@]}"',
      'bash',
      await script('bash'),
      ...words,
    ],
    { encoding: 'utf8' },
  )
  return said.split('\n').filter((word) => word !== '')
}

test.each([
  ['float sub', ['submit']],
  ['float mi', ['migrate', 'migrations']],
  ['float log ', ['ls', 'cat', 'tail']],
  ['float logs t', ['tail']],
  ['float log tail --fo', ['--follow', '--format']],
  ['float -F json image sh', ['show']],
  ['float image show ', []],
  ['float submit --dr', ['--dry-run']],
  ['float submit --format ', ['table', 'yaml', 'json']],
  ['float list -F y', ['yaml']],
  ['float costs --by ', ['job', 'user']],
  ['float submit -j ', []],
  ['float completion ', ['bash', 'zsh', 'fish', 'powershell']],
  ['float release ', ['sync']],
  ['float --addr', ['--address']],
])('bash completes "%s"', async (line, words) => {
  expect(await offered(line)).toEqual(words)
})

test('bash completes every command', async () => {
  expect(await offered('float ')).toEqual(COMMANDS.map(({ name }) => name))
})

test.each(['bash', 'zsh', 'fish', 'powershell'])(
  '%s knows every command, verb and fixed value',
  async (shell) => {
    const text = await script(shell)
    for (const command of COMMANDS) {
      const words = [
        command.name,
        ...command.aliases,
        ...verbsOf(command),
        ...command.flags.flatMap(valuesOf),
      ]
      for (const word of words) expect(text).toMatch(new RegExp(`\\b${word}\\b`))
    }
  },
)

test('another shell is refused by name', async () => {
  expect(await fakeWorld({}).float('completion', 'tcsh')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'Error: completion: "tcsh" is none of bash, zsh, fish, powershell\n',
  })
})
