import { z } from 'zod'

/** The part of an OCI image's configuration that says how to run it. */
export const imageConfigSchema = z.object({
  Entrypoint: z.array(z.string()).nullish(),
  Cmd: z.array(z.string()).nullish(),
  Env: z.array(z.string()).nullish(),
  User: z.string().nullish(),
  WorkingDir: z.string().nullish(),
})
export type ImageConfig = z.infer<typeof imageConfigSchema>
