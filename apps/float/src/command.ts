import type { Arguments } from './arguments.ts'
import type { Connection } from './session/connect.ts'
import type { World } from './world.ts'

/** One subcommand of `float`: what `--help` prints and what runs. */
export type Command = {
  readonly name: string
  readonly aliases: readonly string[]
  /** One line, for the list of commands. */
  readonly summary: string
  /** After `float`, without flags: `log ls|cat|tail FILE`. */
  readonly usage: string
  /** What its flags do not tell, in lines. */
  readonly notes?: readonly string[]
  readonly flags: readonly Flag[]
  readonly examples: readonly string[]
  /** Resolves to the exit code; throws for a person to read. */
  readonly run: (context: Context) => Promise<number>
}

export type Flag = {
  readonly long: string
  readonly short?: string
  /** What stands for the value in `--help`; absent for a switch. */
  readonly value?: string
  readonly summary: string
}

export type Format = 'table' | 'yaml' | 'json'

export type Context = {
  readonly world: World
  readonly args: Arguments
  /** All there are. */
  readonly commands: readonly Command[]
  /** As asked for with `--format`; absent = the command's own. */
  readonly format: Format | undefined
  /** Connects on first use; a command that never asks needs no session. */
  readonly connect: () => Promise<Connection>
}

/** Flags that stand before or after any subcommand. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { long: 'address', short: 'a', value: 'HOST[:PORT]', summary: "the OpCenter; without it the last login's" },
  { long: 'username', short: 'u', value: 'NAME', summary: 'with --password: no login needed' },
  { long: 'password', short: 'p', value: 'PASSWORD', summary: 'asked for on a terminal when absent' },
  { long: 'token', short: 'O', value: 'TOKEN', summary: "a session's token instead of a password" },
  { long: 'format', short: 'F', value: 'table|yaml|json', summary: 'form of the output' },
  { long: 'help', short: 'h', summary: 'this text' },
]

/** The job a command is about. */
export const JOB_FLAG: Flag = { long: 'job', short: 'j', value: 'ID', summary: 'the job' }
/** Ask nothing. */
export const FORCE_FLAG: Flag = { long: 'force', short: 'f', summary: 'do not ask' }
