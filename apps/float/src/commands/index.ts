import type { Command } from '../command.ts'
import { cancel, resume, snapshot, suspend } from './actions.ts'
import { audit } from './audit.ts'
import { check } from './check.ts'
import { completion } from './completion.ts'
import { config } from './config.ts'
import { costs } from './costs.ts'
import { drill } from './drill.ts'
import { events } from './events.ts'
import { gateway } from './gateway.ts'
import { group } from './group.ts'
import { hosts } from './hosts.ts'
import { image } from './image.ts'
import { df, ps } from './inspect.ts'
import { list } from './list.ts'
import { log } from './log.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { modify } from './modify.ts'
import { nebula } from './nebula.ts'
import { open } from './open.ts'
import { promote } from './promote.ts'
import { registry } from './registry.ts'
import { release } from './release.ts'
import { report } from './report.ts'
import { rerun } from './rerun.ts'
import { secret } from './secret.ts'
import { show } from './show.ts'
import { status } from './status.ts'
import { storage } from './storage.ts'
import { submit } from './submit.ts'
import { template } from './template.ts'
import { token } from './token.ts'
import { top } from './top.ts'
import { user } from './user.ts'
import { version } from './version.ts'
import { volume } from './volume.ts'

/** In the order `--help` lists them: what a job's life needs first. */
export const COMMANDS: readonly Command[] = [
  submit,
  list,
  show,
  top,
  ps,
  df,
  events,
  log,
  open,
  migrate,
  modify,
  suspend,
  resume,
  snapshot,
  cancel,
  rerun,
  promote,
  template,
  migrations,
  report,
  costs,
  drill,
  hosts,
  image,
  registry,
  user,
  group,
  token,
  audit,
  secret,
  gateway,
  storage,
  volume,
  check,
  status,
  login,
  logout,
  nebula,
  config,
  release,
  completion,
  version,
]
