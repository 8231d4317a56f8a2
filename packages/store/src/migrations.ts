import type { DatabaseSync } from 'node:sqlite'

/**
 * Every change of the tables, in order; never edited once released. `user_version` of the file says how many are done.
 * A record is its JSON in `body`, beside real columns for what is asked for.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, status TEXT NOT NULL, live INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_newest ON jobs (submitted_at DESC);
  CREATE INDEX jobs_live ON jobs (submitted_at DESC) WHERE live = 1;
  CREATE INDEX jobs_status ON jobs (status);
  CREATE TABLE events (
    job TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE instances (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, live INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX instances_job ON instances (job);
  CREATE INDEX instances_live ON instances (live) WHERE live = 1;
  CREATE TABLE volumes (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, live INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX volumes_job ON volumes (job);
  CREATE INDEX volumes_live ON volumes (live) WHERE live = 1;
  CREATE TABLE checkpoints (
    job TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE workflows (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, open INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX workflows_open ON workflows (open) WHERE open = 1;
  CREATE TABLE migrations (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, started_at INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX migrations_job ON migrations (job, started_at);
  `,
  `
  CREATE TABLE users (
    name TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, role TEXT NOT NULL, password_hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE images (
    name TEXT NOT NULL, tag TEXT NOT NULL, uri TEXT NOT NULL, digest TEXT NOT NULL, bytes INTEGER NOT NULL,
    description TEXT NOT NULL, PRIMARY KEY (name, tag)
  ) STRICT, WITHOUT ROWID;
  `,
  // Jobs have a policy for their size; moves know why they were made. Before, nothing moved a job for its size.
  `
  UPDATE jobs SET body = json_set(body, '$.spec.migratePolicy', json('{"evadeOOM":false,"stepAuto":false,"cpu":{"disable":true,"upperBoundRatio":90,"upperBoundSeconds":30,"lowerBoundRatio":5,"lowerBoundSeconds":300,"step":50},"mem":{"disable":true,"upperBoundRatio":90,"upperBoundSeconds":30,"lowerBoundRatio":5,"lowerBoundSeconds":300,"step":50}}'));
  UPDATE migrations SET body = json_set(json_remove(body, '$.from', '$.to'),
    '$.reason', 'migrateAsked', '$.numbers', json('{}'), '$.rule', '', '$.alternatives', json('[]'));
  `,
  // What a rule asks for in vain is kept by rule.
  `
  UPDATE jobs SET body = json_remove(body, '$.stuck');
  `,
  `
  ALTER TABLE images ADD COLUMN port INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE templates (
    user TEXT NOT NULL, name TEXT NOT NULL, tag TEXT NOT NULL, shared INTEGER NOT NULL, description TEXT NOT NULL,
    request TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (user, name, tag)
  ) STRICT, WITHOUT ROWID;
  `,
  // Lists are filtered without reading the jobs: all that filters ask about is in one index.
  `
  ALTER TABLE jobs ADD COLUMN name TEXT GENERATED ALWAYS AS (json_extract(body, '$.spec.name')) VIRTUAL;
  ALTER TABLE jobs ADD COLUMN image TEXT GENERATED ALWAYS AS (json_extract(body, '$.spec.image.name')) VIRTUAL;
  ALTER TABLE jobs ADD COLUMN instance_type TEXT
    GENERATED ALWAYS AS (coalesce(json_extract(body, '$.spec.instanceType'), '')) VIRTUAL;
  ALTER TABLE jobs ADD COLUMN instance TEXT GENERATED ALWAYS AS (json_extract(body, '$.residence.instance')) VIRTUAL;
  DROP INDEX jobs_newest;
  CREATE INDEX jobs_list ON jobs (submitted_at DESC, id, user, status, name, image, instance_type, instance);
  `,
  // A number is never given twice: what a job knows of its owner outlives the owner.
  `
  CREATE TABLE user_numbers (next INTEGER NOT NULL) STRICT;
  INSERT INTO user_numbers SELECT coalesce(max(number), 0) + 1 FROM users;
  `,
  `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, user TEXT NOT NULL, job TEXT NOT NULL,
    address TEXT NOT NULL, call TEXT NOT NULL, target TEXT NOT NULL, status INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE secrets (
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, name TEXT NOT NULL, sealed TEXT NOT NULL,
    PRIMARY KEY (user, name)
  ) STRICT, WITHOUT ROWID;
  `,
  // Access tokens are sessions with a name, one of a name for each user.
  `
  ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT '';
  ALTER TABLE sessions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  CREATE UNIQUE INDEX sessions_token ON sessions (user, name) WHERE name != '';
  `,
  `
  CREATE TABLE gateways (id TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
  `,
  `
  CREATE TABLE storages (
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, name TEXT NOT NULL, volume TEXT NOT NULL,
    PRIMARY KEY (user, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE groups (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE group_members (
    group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    PRIMARY KEY (group_name, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX group_members_user ON group_members (user);
  `,
]

/** Does what is not done yet, each step whole or not at all. A file of a newer version is refused. */
export const migrate = (sqlite: DatabaseSync): void => {
  const { user_version: done } = sqlite.prepare('PRAGMA user_version').get() as { user_version: number }
  if (done > MIGRATIONS.length) {
    throw new Error(
      `the records are of a newer version (${done}) than this program knows (${MIGRATIONS.length})`,
    )
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < done) continue
    sqlite.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}
