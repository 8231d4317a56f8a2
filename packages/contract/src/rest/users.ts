import { ROLES } from '@mmcloud/domain'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const userSchema = z
  .object({
    name: z.string(),
    number: z.int().describe('0 = the first administrator; never given twice.'),
    role: z.enum(ROLES),
  })
  .meta({ id: 'User' })
export type UserView = z.infer<typeof userSchema>

/** A name as users and groups have. */
export const userName = z.string().regex(/^[A-Za-z][A-Za-z0-9._@-]{0,63}$/)
const userParams = z.object({ name: z.string().min(1).max(64) })
const password = z.string().max(1024)

export const users = endpoint('users', {
  summary: 'Who may come in (admins)',
  least: 'admin',
  response: z.object({ users: z.array(userSchema) }),
})

export const addUserBodySchema = z
  .object({ name: userName, password, /** `user` when absent. */ role: z.enum(ROLES).optional() })
  .meta({ id: 'AddUser' })
export type AddUserBody = z.infer<typeof addUserBodySchema>

export const addUser = endpoint('addUser', {
  summary: 'Let somebody in (admins)',
  least: 'admin',
  success: 201,
  body: addUserBodySchema,
  response: userSchema,
})

export const changeUserBodySchema = z
  .object({
    password: password.optional(),
    /** Of who asks, when they change their own password. */
    currentPassword: password.optional(),
    role: z.enum(ROLES).optional(),
  })
  .meta({ id: 'ChangeUser' })
export type ChangeUserBody = z.infer<typeof changeUserBodySchema>

/** One's own password with the present one; all else is for admins. Every other session of that user ends. */
export const changeUser = endpoint('changeUser', {
  summary: 'Change a password, or the role of a user (admins)',
  least: 'viewer',
  params: userParams,
  body: changeUserBodySchema,
  response: userSchema,
})

/** Refused while the user has jobs that have not ended, and for the last admin. */
export const deleteUser = endpoint('deleteUser', {
  summary: 'Let somebody in no longer (admins)',
  least: 'admin',
  params: userParams,
  response: z.object({}),
})
