/** A command of a `console` block, and what it shows. */
export type ShownCommand = {
  /** As a person types it, over several lines where it is told so. */
  readonly command: string
  /** The lines below it; none = the block does not say. */
  readonly output: readonly string[]
}

const PROMPT = '$ '

/** Reads a `console` block: `$ ` begins a command, a line that ends in `\` goes on in the next, all else is output. */
export const readConsole = (text: string): readonly ShownCommand[] => {
  const commands: { command: string; output: string[] }[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const last = commands.at(-1)
    if (line.startsWith(PROMPT)) commands.push({ command: line.slice(PROMPT.length), output: [] })
    else if (last === undefined) throw new Error(`a console block begins with "${line}", not with a command`)
    else if (last.output.length === 0 && last.command.endsWith('\\')) last.command += `\n${line}`
    else last.output.push(line)
  }
  return commands
}
