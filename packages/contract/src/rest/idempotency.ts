/**
 * `Idempotency-Key: <up to 128 printable characters>` on `submitJob`: the same user with the same key gets the job that was
 * made the first time. With another request under the same key it is refused.
 */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key'
