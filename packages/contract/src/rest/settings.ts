import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const settingSchema = z
  .object({
    name: z.string(),
    value: z.string(),
    setBy: z.string().describe('The flag or environment variable of `opencenter start` that sets it.'),
  })
  .meta({ id: 'Setting' })
export type SettingView = z.infer<typeof settingSchema>

export const settings = endpoint('settings', {
  summary: 'What the OpCenter was started with (admins)',
  least: 'admin',
  response: z.object({ settings: z.array(settingSchema) }),
})
