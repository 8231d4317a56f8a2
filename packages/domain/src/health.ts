/** One row of `opencenter check`, `float check` and a worker's own health report. */
export type HealthRow = {
  /** What was looked at, in a word or two: `kernel`, `criu`, `swap`. */
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  /** What was found. */
  readonly found: string
  /** The command or step that mends it; empty when there is nothing to mend. */
  readonly fix: string
}
