import type { Command } from '../command.ts'
import { cancel, rerun, resume, snapshot, suspend } from './actions.ts'
import { check } from './check.ts'
import { costs } from './costs.ts'
import { drill } from './drill.ts'
import { events } from './events.ts'
import { hosts } from './hosts.ts'
import { image } from './image.ts'
import { list } from './list.ts'
import { log } from './log.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { modify } from './modify.ts'
import { report } from './report.ts'
import { secret } from './secret.ts'
import { show } from './show.ts'
import { status } from './status.ts'
import { submit } from './submit.ts'
import { top } from './top.ts'
import { version } from './version.ts'

/** In the order `--help` lists them: what a job's life needs first. */
export const COMMANDS: readonly Command[] = [
  submit,
  list,
  show,
  top,
  events,
  log,
  migrate,
  modify,
  suspend,
  resume,
  snapshot,
  cancel,
  rerun,
  migrations,
  report,
  costs,
  drill,
  hosts,
  image,
  secret,
  check,
  status,
  login,
  logout,
  version,
]

/** Words of the contract that are not there yet: refused by name. */
export const LATER_COMMANDS: readonly string[] = [
  'promote',
  'ps',
  'df',
  'template',
  'storage',
  'gateway',
  'user',
  'group',
  'config',
  'release',
  'completion',
]
