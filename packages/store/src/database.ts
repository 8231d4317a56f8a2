import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { migrate } from './migrations.ts'
import type { Tables } from './tables.ts'

/** Most a statement waits for somebody who reads the file from outside (`sqlite3`, a backup). */
const BUSY_MS = 5_000

/**
 * Opens the records and brings them up to this version. `:memory:` for tests. Durable means durable: a commit is on
 * the disk when it returns.
 */
export const openDatabase = (file: string): Kysely<Tables> => {
  const sqlite = new DatabaseSync(file)
  sqlite.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
  sqlite.exec('PRAGMA journal_mode = WAL')
  sqlite.exec('PRAGMA synchronous = FULL')
  sqlite.exec('PRAGMA foreign_keys = ON')
  migrate(sqlite)
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyExpects(sqlite) }) })
}

/** Kysely speaks better-sqlite3's dialect of the same idea. */
const asKyselyExpects = (sqlite: DatabaseSync) => ({
  close: () => sqlite.close(),
  prepare: (sql: string) => {
    const statement = sqlite.prepare(sql)
    const values = (parameters: ReadonlyArray<unknown>) => parameters as SQLInputValue[]
    return {
      reader: statement.columns().length > 0,
      all: (parameters: ReadonlyArray<unknown>) => statement.all(...values(parameters)),
      run: (parameters: ReadonlyArray<unknown>) => statement.run(...values(parameters)),
      iterate: (parameters: ReadonlyArray<unknown>) => statement.iterate(...values(parameters)),
    }
  },
})
