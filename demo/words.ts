/** What the demo says, and how: colours only on a terminal. */
const paint =
  (code: string) =>
  (text: string): string =>
    process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text
export const bold = paint('1')
export const dim = paint('2')
export const red = paint('31')
export const green = paint('32')
export const yellow = paint('33')
export const cyan = paint('36')

export const say = (line: string): void => void process.stdout.write(`${line}\n`)
export const heading = (title: string): void =>
  say(`\n${bold(`── ${title} `)}${dim('─'.repeat(Math.max(0, 76 - title.length)))}`)
