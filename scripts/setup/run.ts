import { spawn } from 'node:child_process'

/** A command that set-up runs ended badly; the message carries the last words it said. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

type RunOptions = {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Called with each line the command writes, from either stream. */
  readonly onLine?: (line: string) => void
}

/** Runs a program to its end and answers with its standard output. */
export const run = (program: string, args: readonly string[], options: RunOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    let output = ''
    let lastWords: string[] = []
    const hear = (chunk: Buffer) => {
      const lines = chunk.toString().split('\n').filter(Boolean)
      lastWords = [...lastWords, ...lines].slice(-12)
      for (const line of lines) options.onLine?.(line)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      hear(chunk)
    })
    child.stderr.on('data', hear)
    child.on('error', (error) =>
      reject(new CommandError(`${program} could not be started: ${error.message}`, { cause: error })),
    )
    child.on('close', (status, signal) => {
      if (status === 0) resolve(output)
      else
        reject(
          new CommandError(`${program} ended with ${signal ?? status}; it said:\n${lastWords.join('\n')}`),
        )
    })
  })
