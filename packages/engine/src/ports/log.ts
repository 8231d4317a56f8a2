/** Structured log lines; pino fits as it is. Never a secret, and never the only place a person could learn something. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
