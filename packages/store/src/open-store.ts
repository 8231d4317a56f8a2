import type { Records } from '@mmcloud/engine'
import { type Accounts, createSqliteAccounts } from './accounts.ts'
import { type Audit, createSqliteAudit } from './audit.ts'
import { openDatabase } from './database.ts'
import { createSqliteGateways, type Gateways } from './gateways.ts'
import { createSqliteGroups, type Groups } from './groups.ts'
import { createSqliteLibrary, type Library } from './library.ts'
import { createSqliteTemplates, type Templates } from './templates.ts'
import { createSqliteSecrets, type Secrets } from './secrets.ts'
import { createSqliteStorages, type Storages } from './storages.ts'
import { createSqliteRecords } from './sqlite-records.ts'

export type Store = {
  readonly records: Records
  readonly accounts: Accounts
  readonly audit: Audit
  readonly library: Library
  readonly secrets: Secrets
  readonly storages: Storages
  readonly templates: Templates
  readonly gateways: Gateways
  readonly groups: Groups
}

/** Everything kept in one SQLite file; `records.close()` closes all of it. */
export const openStore = (file: string): Store => {
  const database = openDatabase(file)
  return {
    records: createSqliteRecords(database),
    accounts: createSqliteAccounts(database),
    audit: createSqliteAudit(database),
    library: createSqliteLibrary(database),
    templates: createSqliteTemplates(database),
    gateways: createSqliteGateways(database),
    groups: createSqliteGroups(database),
    secrets: createSqliteSecrets(database),
    storages: createSqliteStorages(database),
  }
}
