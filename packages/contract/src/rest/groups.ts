import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { userName } from './users.ts'

export const groupSchema = z
  .object({
    name: z.string(),
    members: z.array(z.string()).describe('Names of users: each sees the jobs of all.'),
  })
  .meta({ id: 'Group' })
export type GroupView = z.infer<typeof groupSchema>

const name = z.string().min(1).max(64)
const groupParams = z.object({ name })

export const groups = endpoint('groups', {
  summary: 'Groups of users who see the jobs of each other: all for admins, one’s own for others',
  response: z.object({ groups: z.array(groupSchema) }),
})

export const addGroup = endpoint('addGroup', {
  summary: 'Make a group (admins)',
  least: 'admin',
  success: 201,
  body: z.object({ name: userName }).meta({ id: 'AddGroup' }),
  response: groupSchema,
})

export const deleteGroup = endpoint('deleteGroup', {
  summary: 'Delete a group; its users stay (admins)',
  least: 'admin',
  params: groupParams,
  response: z.object({}),
})

export const addToGroup = endpoint('addToGroup', {
  summary: 'Take a user into a group (admins)',
  least: 'admin',
  success: 201,
  params: groupParams,
  body: z.object({ user: name }).meta({ id: 'AddToGroup' }),
  response: groupSchema,
})

export const removeFromGroup = endpoint('removeFromGroup', {
  summary: 'Take a user out of a group (admins)',
  least: 'admin',
  params: z.object({ name, user: name }),
  response: groupSchema,
})
