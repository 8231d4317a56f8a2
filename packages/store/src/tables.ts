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
  }
  events: { job: string; seq: number; body: string }
  instances: OfJob
  volumes: OfJob
  checkpoints: { job: string; seq: number; body: string }
  workflows: { id: string; job: string; open: number; version: number; body: string }
  migrations: { id: string; job: string; started_at: number; body: string }
  users: { name: string; number: number; role: string; password_hash: string }
  sessions: { token_hash: string; user: string; expires_at: number }
  images: {
    name: string
    tag: string
    uri: string
    digest: string
    bytes: number
    description: string
    port: number
  }
  secrets: { user: string; name: string; sealed: string }
}

type OfJob = { id: string; job: string; live: number; version: number; body: string }
