import { type Logger, pino } from 'pino'

/** The OpCenter's own log: one JSON object a line, to a file or a descriptor. */
export const openLog = (level: string, dest: string | number): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest, sync: true }),
  )
