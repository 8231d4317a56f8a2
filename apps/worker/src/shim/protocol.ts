import { z } from 'zod'

/** What the shim is told at start, as a file (`runc run` or `runc restore`, and where things go). */
export const shimConfigSchema = z.object({
  attempt: z.int(),
  /** Arguments of runc, which stays the shim's child until the program ends. */
  runcArgs: z.array(z.string()),
  runcLog: z.string(),
  logs: z.string(),
  exitFile: z.string(),
  socket: z.string(),
  resultFile: z.string(),
})
export type ShimConfig = z.infer<typeof shimConfigSchema>

/** How it ended: by itself, by us after a checkpoint (`ended`), or it never ran (`failed`). */
export const shimResultSchema = z.object({
  outcome: z.enum(['exited', 'ended', 'failed']),
  exitCode: z.int(),
  at: z.number(),
  error: z.string().optional(),
  /** The kernel killed the program for want of memory. */
  outOfMemory: z.boolean().optional(),
})
export type ShimResult = z.infer<typeof shimResultSchema>

/** One JSON line each way over the shim's unix socket. */
export const shimRequestSchema = z.object({
  /**
   * `drain`: everything in the pipes is in the log files and synced; answers the offsets.
   * `expectEnd` / `expectExit`: an end from now on is ours, after a checkpoint / is the program's own.
   * `keepStatisticsFresh` / `letStatisticsBe`: while a program is dumped; `expectExit` ends it too. Here, since a dump goes on
   * though the worker dies in it.
   */
  do: z.enum(['status', 'drain', 'expectEnd', 'expectExit', 'keepStatisticsFresh', 'letStatisticsBe']),
})
export type ShimRequest = z.infer<typeof shimRequestSchema>['do']
export const shimAnswerSchema = z.object({
  pid: z.int(),
  offsets: z.record(z.string(), z.number()),
  /** What was asked could not be done. */
  error: z.string().optional(),
})
export type ShimAnswer = z.infer<typeof shimAnswerSchema>
