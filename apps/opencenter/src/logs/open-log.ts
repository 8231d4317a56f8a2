import { type Logger, pino } from 'pino'

/** Lines kept while the disk is full; later ones are dropped. */
const MOST_WAITING_BYTES = 1024 * 1024

/**
 * The OpCenter's own log: one JSON object a line, to a file or a descriptor. That a line cannot be written is no reason
 * for what it tells of to fail: it waits, and is written with a later one.
 */
export const openLog = (level: string, dest: string | number): Logger => {
  // `minLength` 1 waits for nothing, but without it `flush` does nothing.
  const destination = pino.destination({ dest, sync: true, minLength: 1, maxLength: MOST_WAITING_BYTES })
  destination.on('error', () => undefined)
  // Once it drops lines it does not try again by itself.
  destination.on('drop', () => destination.flush())
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}
