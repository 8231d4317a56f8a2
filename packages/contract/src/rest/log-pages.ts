/** Size of the whole file when the bytes were read, a response header: a follower sees by it that a file was cut. */
export const LOG_SIZE_HEADER = 'x-log-size'
/** Where the returned bytes begin, a response header. */
export const LOG_OFFSET_HEADER = 'x-log-offset'
/** Most bytes of one answer: requests stay short, so that a caller inside a job lives through its own move. */
export const LOG_PAGE_BYTES = 1_048_576
