import type { Records } from '@mmcloud/engine'
import { type Accounts, createSqliteAccounts } from './accounts.ts'
import { openDatabase } from './database.ts'
import { createSqliteLibrary, type Library } from './library.ts'
import { createSqliteSecrets, type Secrets } from './secrets.ts'
import { createSqliteRecords } from './sqlite-records.ts'

export type Store = {
  readonly records: Records
  readonly accounts: Accounts
  readonly library: Library
  readonly secrets: Secrets
}

/** Everything kept in one SQLite file; `records.close()` closes all of it. */
export const openStore = (file: string): Store => {
  const database = openDatabase(file)
  return {
    records: createSqliteRecords(database),
    accounts: createSqliteAccounts(database),
    library: createSqliteLibrary(database),
    secrets: createSqliteSecrets(database),
  }
}
