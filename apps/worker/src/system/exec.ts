import { execFile } from 'node:child_process'

/** A program that ended with another code than 0, with what it said. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: number | undefined

  constructor(message: string, exitCode: number | undefined) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a program without a shell, `input` on its standard input, and gives its standard output. */
export const exec = (command: string, args: readonly string[], input?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      const said = (stderr || stdout || error.message).trim().slice(-2000)
      reject(new CommandError(`${command} ${args[0] ?? ''} failed: ${said}`, numeric(error.code)))
    })
    if (input !== undefined) child.stdin?.end(input)
  })

/** True when the program ended with 0. */
export const succeeds = (command: string, args: readonly string[]): Promise<boolean> =>
  exec(command, args).then(
    () => true,
    () => false,
  )

const numeric = (code: unknown): number | undefined => (typeof code === 'number' ? code : undefined)
