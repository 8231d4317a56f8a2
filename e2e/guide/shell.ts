import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

export type Answer = { readonly code: number; readonly output: string }

/** A person's shell: variables and the folder stay from one command to the next; both streams come as one. */
export class Shell {
  readonly #bash: ChildProcessWithoutNullStreams
  #heard = ''
  #tell: (() => void) | undefined

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#bash = spawn('bash', ['--norc'], { cwd: folder, env, detached: true })
    this.#bash.stdout.on('data', (data: Buffer) => {
      this.#heard += data.toString()
      this.#tell?.()
    })
    this.#bash.on('exit', () => this.#tell?.())
  }

  /** Runs one command to its end, without a terminal and without input. */
  async run(command: string): Promise<Answer> {
    this.#heard = ''
    this.#bash.stdin.write(`{ ${command}\n} < /dev/null 2>&1\nprintf '${MARK}%d\\n' $?\n`)
    for (;;) {
      const [, output = '', code] = END.exec(this.#heard) ?? []
      if (code !== undefined) return { code: Number(code), output }
      if (this.#bash.exitCode !== null) throw new Error(`the shell ended at: ${command}\n${this.#heard}`)
      await new Promise<void>((resolve) => (this.#tell = resolve))
    }
  }

  /** Ends what it still runs in the background too. */
  async close(): Promise<void> {
    if (this.#bash.exitCode !== null) return
    const ended = new Promise((resolve) => this.#bash.on('exit', resolve))
    process.kill(-this.#bash.pid!, 'SIGTERM')
    this.#bash.stdin.end()
    await ended
  }
}

/** No output holds it: what ends an answer, with the exit code after it. */
const MARK = '\u001eexit '
const END = new RegExp(`^(.*)${MARK}(\\d+)\\n$`, 's')
