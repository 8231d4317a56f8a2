/**
 * The closed set of error codes a person or client can meet. 1002 and 1003 are fixed by existing clients
 * (`Error: <message> (code: NNNN)`); the rest is ours.
 */
export const ERROR_CODE = {
  unauthenticated: 1001,
  notFound: 1002,
  invalidArgument: 1003,
  conflict: 1004,
  forbidden: 1005,
  notSupported: 1006,
  noCapacity: 1007,
  tooManyRequests: 1008,
  unavailable: 1009,
  internal: 1500,
} as const
export type ErrorKind = keyof typeof ERROR_CODE

/**
 * An error with two messages: `message` is for the person (what happened, what to do), `detail` for the log.
 * The cause is passed on as `cause` and never pasted into the message.
 */
export class UserError extends Error {
  readonly kind: ErrorKind
  readonly detail: string | undefined
  /** Which flag or field it is about: `cpu`, `migratePolicy`. */
  readonly field: string | undefined

  constructor(
    kind: ErrorKind,
    message: string,
    options: { detail?: string; field?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'UserError'
    this.kind = kind
    this.detail = options.detail
    this.field = options.field
  }

  get code(): number {
    return ERROR_CODE[this.kind]
  }
}

/** `Invalid argument, …` is the wording existing clients look for; what is about a flag begins with it: `--cpu: …`. */
export const invalidArgument = (what: string): UserError => {
  const field = /^--([A-Za-z][\w-]*)/.exec(what)?.[1]
  return new UserError('invalidArgument', `Invalid argument, ${what}`, field === undefined ? {} : { field })
}
/** `Resource not found` is the wording existing clients look for. */
export const notFound = (what: string): UserError => new UserError('notFound', `Resource not found: ${what}`)
