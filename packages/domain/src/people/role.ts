/**
 * What a person may, from least to most: a viewer sees every job and changes nothing, a user has jobs of their own and sees
 * no others but those of their groups, an admin may everything.
 */
export const ROLES = ['viewer', 'user', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether a role may what `least` may; which jobs one may see and change is in `person.ts`. */
export const atLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least)
