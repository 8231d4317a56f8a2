/**
 * `Idempotency-Key: <up to 128 printable characters>` on `submitJob`: the same user with the same key gets the job that was
 * made the first time. With another request under the same key it is refused.
 */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key'

/**
 * `Idempotency-Request: any`: the key names what is done, so that another request under it is the same one told anew, by
 * another release of its sender perhaps, and is answered with the job.
 */
export const IDEMPOTENCY_REQUEST_HEADER = 'idempotency-request'
