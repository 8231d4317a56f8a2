/**
 * What a person may, from least to most: a viewer sees every job and changes nothing, a user has jobs of their own and sees
 * no others, an admin may everything.
 */
export const ROLES = ['viewer', 'user', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether a role may what `least` may; what a viewer may see of jobs is for `maySeeJobsOf` to say. */
export const atLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least)

export const maySeeJobsOf = (
  { name, role }: { readonly name: string; readonly role: Role },
  owner: string,
): boolean => role !== 'user' || name === owner
