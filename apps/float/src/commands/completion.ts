import { UsageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { powershellCompletion } from '../completion/powershell.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { EXIT } from '../exit-codes.ts'

/** From the descriptions that `--help` prints, with no OpCenter asked: jobs are not completed, since a key press must not wait. */
export const completion: Command = {
  name: 'completion',
  aliases: [],
  summary: 'Print what lets a shell complete commands, flags and their values',
  usage: 'completion bash|zsh|fish|powershell',
  flags: [],
  examples: ['float completion bash > /etc/bash_completion.d/float', 'float completion fish | source'],
  run: async ({ args, commands, world }) => {
    const [shell = ''] = args.words
    const script = SCRIPTS[shell]
    if (!script) throw new UsageError(`completion: "${shell}" is none of ${Object.keys(SCRIPTS).join(', ')}`)
    world.out(script(commands))
    return EXIT.ok
  },
}

const SCRIPTS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
}
