/** What `float` tells the shell. Existing clients only ask whether it is 0. */
export const EXIT = {
  ok: 0,
  /** It was understood and could not be done, or a check failed. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The OpCenter cannot be reached now: nothing is known, and a script may ask again. */
  unreachable: 3,
} as const
