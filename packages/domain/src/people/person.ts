import type { Role } from './role.ts'

/** Who asks for a job. */
export type Person = {
  readonly name: string
  readonly role: Role
  /** Who shares a group with them. */
  readonly colleagues: ReadonlySet<string>
}

export const maySeeJobsOf = ({ name, role, colleagues }: Person, owner: string): boolean =>
  role !== 'user' || name === owner || colleagues.has(owner)

/** To see is not to change: a colleague's job is left to the colleague. */
export const mayChangeJobsOf = ({ name, role }: Person, owner: string): boolean =>
  role === 'admin' || (role === 'user' && name === owner)
