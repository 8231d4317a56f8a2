import { DatabaseSync } from 'node:sqlite'
import { MEASURES, PEAK_NAMES, PEAKS } from './columns.ts'
import { TIERS } from './tiers.ts'

/** Pages of 4 KiB. The newest page of each job is written every second: copied to the file now and then, it is so once. */
const CHECKPOINT_PAGES = 8_000
/** Most a statement waits for somebody who reads the file from outside (`sqlite3`, a backup). */
const BUSY_MS = 5_000

/**
 * Opens the file, and makes its tables. NORMAL: a commit survives the end of this process at any instant; when the power
 * fails the last seconds may be lost, which the file itself survives.
 */
export const openSamplesFile = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`)
  db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -16384`)
  db.exec('CREATE TABLE IF NOT EXISTS jobs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT')
  for (const { table } of TIERS) db.exec(tableOf(table))
  return db
}

/** A sample of its own has no peak beside it. */
export const columnsOf = (table: string): readonly string[] => [
  'job',
  'at',
  ...MEASURES,
  ...(table === TIERS[0].table ? [] : PEAK_NAMES),
]

/** What says the peak in rows of that table. */
export const peakIn = (table: string, peak: keyof typeof PEAKS): string =>
  table === TIERS[0].table ? PEAKS[peak] : peak

/** NUMERIC: a whole number takes as many bytes as it needs, though it is bound as a float, which always takes eight. */
const tableOf = (table: string): string => {
  const [, , ...values] = columnsOf(table).map((column) => `${column} NUMERIC`)
  return `CREATE TABLE IF NOT EXISTS ${table} (job INTEGER NOT NULL, at INTEGER NOT NULL, ${values.join()}, PRIMARY KEY (job, at)) WITHOUT ROWID`
}
