import { execFile } from 'node:child_process'

/** A program of the system ended badly; the message has its own words. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Runs a program of the system to its end and answers what it printed. Never through a shell. */
export const command = (file: string, args: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(file, [...args], { cwd: '/' }, (error, stdout, stderr) => {
      if (error) {
        const ended = error.signal ? `ended by ${error.signal}` : error.message
        reject(new CommandError(`${file} ${args.join(' ')}: ${stderr.trim() || ended}`))
      }
      resolve(stdout)
    })
    // A program that ends without reading its input answers for itself by its exit code.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
