import type { Generated, GeneratedAlways } from 'kysely'

/** The columns of each table; `body` is the record as JSON, booleans are 0 and 1, times are epoch milliseconds. */
export type Tables = {
  jobs: {
    id: string
    user: string
    status: string
    live: number
    submitted_at: number
    version: number
    body: string
    /** What follows is read out of `body` by SQLite itself. */
    name: GeneratedAlways<string>
    image: GeneratedAlways<string>
    /** As asked for; empty = any. */
    instance_type: GeneratedAlways<string>
    instance: GeneratedAlways<string | null>
  }
  events: { job: string; seq: number; body: string }
  instances: OfJob
  volumes: OfJob
  checkpoints: { job: string; seq: number; body: string }
  workflows: { id: string; job: string; open: number; version: number; body: string }
  migrations: { id: string; job: string; started_at: number; body: string }
  users: { name: string; number: number; role: string; password_hash: string }
  audit: {
    seq: Generated<number>
    at: number
    user: string
    job: string
    address: string
    call: string
    target: string
    status: number
  }
  user_numbers: { next: number }
  sessions: {
    token_hash: string
    user: string
    expires_at: number
    /** Of an access token; empty for a login's session. */
    name: Generated<string>
    created_at: Generated<number>
  }
  images: {
    name: string
    tag: string
    uri: string
    digest: string
    bytes: number
    description: string
    port: number
  }
  templates: {
    user: string
    name: string
    tag: string
    shared: number
    description: string
    request: string
    created_at: number
  }
  secrets: { user: string; name: string; sealed: string }
  gateways: { id: string; user: string; created_at: number }
  storages: { user: string; name: string; volume: string }
  groups: { name: string }
  group_members: { group_name: string; user: string }
}

type OfJob = { id: string; job: string; live: number; version: number; body: string }
